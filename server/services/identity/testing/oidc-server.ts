import { generateKeyPairSync } from "node:crypto";
import Provider, { type Configuration, type KoaContextWithOIDC } from "oidc-provider";
import { listenOnFreePort, type TestServer } from "./listen.ts";

export interface OidcServer extends TestServer {
  /** Whoever signs in next is this person, without being asked. */
  person: Person;
}

interface Person {
  sub: string;
  [claim: string]: unknown;
}

export const oidcClient = { id: "portal", secret: "the portal's own secret" };

/** A real OpenID provider that demands PKCE, and asks nobody for a password. */
export async function openOidcServer(portalUrl: string): Promise<OidcServer> {
  const people = new Map<string, Person>();
  let next: Person = { sub: "nobody" };
  const server = await listenOnFreePort((url) => {
    const provider = new Provider(url, configuration(portalUrl, people));
    provider.use(async (ctx, proceed) => {
      if (!ctx.path.startsWith("/interaction/")) return proceed();
      await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: next.sub } });
      ctx.respond = false;
    });
    return provider.callback();
  });
  return {
    ...server,
    get person() {
      return next;
    },
    set person(person) {
      next = person;
      people.set(person.sub, person);
    },
  };
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });

function configuration(portalUrl: string, people: Map<string, Person>): Configuration {
  return {
    clients: [
      {
        client_id: oidcClient.id,
        client_secret: oidcClient.secret,
        redirect_uris: [`${portalUrl}/api/auth/callback/oidc`],
      },
    ],
    claims: { email: ["email", "email_verified"], profile: ["name", "groups", "hd"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    cookies: { keys: ["a key of this test"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
    loadExistingGrant: consent,
  };
}

async function consent(ctx: KoaContextWithOIDC) {
  const { provider, client, session } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
  grant.addOIDCScope("openid email profile");
  await grant.save();
  return grant;
}
