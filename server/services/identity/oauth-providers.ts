import type { OAuthConfig } from "next-auth/providers/oauth";
import { z } from "zod";
import { type IdentityProvider, withoutSlash } from "#server/kernel/identity-providers.ts";

type Claims = Record<string, unknown> & { sub: string };

/**
 * A provider as next-auth takes it. Every flow is bound to its browser by PKCE and state, and an ID token to its flow
 * by a nonce; next-auth checks them, and the token's signature, issuer, audience and age.
 */
export function oauthProvider(provider: IdentityProvider): OAuthConfig<Claims> {
  return provider.id === "github" ? github(provider) : openIdConnect(provider);
}

function openIdConnect(provider: IdentityProvider): OAuthConfig<Claims> {
  return {
    ...common(provider),
    checks: ["pkce", "state", "nonce"],
    idToken: true,
    wellKnown: `${provider.issuer}/.well-known/openid-configuration`,
    authorization: { params: { scope: provider.scope } },
    userinfo: {
      async request({ client, tokens }) {
        // next-auth's type leaves out what its client gives: the set of tokens with its checked claims.
        const set = tokens as Exclude<Parameters<typeof client.userinfo>[0], string>;
        const claims = set.claims();
        if (withoutSlash(claims.iss) !== provider.issuer) {
          throw new Error(`The issuer calls itself ${claims.iss}: set that as the issuer's address.`);
        }
        // Some issuers put name, address and groups there only. The client refuses another subject's.
        const more = client.issuer.metadata.userinfo_endpoint === undefined ? {} : await client.userinfo(set);
        return { ...more, ...claims };
      },
    },
  };
}

const githubUser = z.object({ id: z.number(), login: z.string(), name: z.string().nullish() });
const githubEmails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

function github(provider: IdentityProvider): OAuthConfig<Claims> {
  const { issuer } = provider;
  const api = issuer === "https://github.com" ? "https://api.github.com" : `${issuer}/api/v3`;
  return {
    ...common(provider),
    checks: ["pkce", "state"],
    idToken: false,
    issuer: `${issuer}/login/oauth`,
    authorization: { url: `${issuer}/login/oauth/authorize`, params: { scope: provider.scope } },
    token: `${issuer}/login/oauth/access_token`,
    userinfo: {
      url: `${api}/user`,
      async request({ tokens }) {
        const token = tokens.access_token ?? "";
        const user = githubUser.parse(await ask(`${api}/user`, token));
        const emails = githubEmails.parse(await ask(`${api}/user/emails`, token));
        const primary = emails.find((candidate) => candidate.primary);
        return {
          sub: String(user.id),
          name: user.name ?? user.login,
          email: primary?.email,
          email_verified: primary?.verified,
        };
      },
    },
  };
}

async function ask(url: string, token: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return response.json();
}

function common({ id, name, clientId, clientSecret }: IdentityProvider) {
  return {
    id,
    name,
    clientId,
    clientSecret,
    type: "oauth" as const,
    httpOptions: { timeout: 10_000 },
    // The account is found by the subject; who that is here, `admitPerson` says.
    profile: (claims: Claims) => ({ id: claims.sub, sessionVersion: 0 }),
  };
}
