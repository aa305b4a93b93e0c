import type { Account, AuthOptions, User } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { safeReturnPath } from "#server/domain/return-path.ts";
import { systemContext } from "#server/kernel/context.ts";
import { isDatabaseAway } from "#server/kernel/database-away.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import type { IdentityProvider } from "#server/kernel/identity-providers.ts";
import { type Portal, portal } from "#server/kernel/portal.ts";
import { tellOfDatabase } from "#server/kernel/tell-of-database.ts";
import { logUnknown } from "#server/kernel/unknown-error.ts";
import { admitPerson } from "./admit-person.ts";
import { findUserByIdentity } from "./find-user.ts";
import type { KnownBrowser } from "./known-browser.ts";
import { oauthProvider } from "./oauth-providers.ts";
import { personOf } from "./provider-person.ts";
import { newSession, readSession } from "./session.ts";
import { claimOf, cookieNames, sessionSeconds, tokenOf } from "./session-token.ts";
import type { SignInIntent } from "./sign-in-intent.ts";
import { SignInRefusal } from "./sign-in-refusal.ts";
import { signOut } from "./sign-out.ts";
import { type SignedInUser, verifyPassword } from "./verify-password.ts";

declare module "next-auth" {
  interface User {
    sessionVersion: number;
  }
}

/** What this one request to sign in comes with. */
export interface SignInExchange {
  intent: SignInIntent;
  signedInUserId: number | null;
  address: string;
  /** In which somebody has signed in before. */
  browser: KnownBrowser | null;
  /** Told of whoever has just shown their password. */
  onPassword(user: SignedInUser): void;
}

/** How signing in works here. Sessions are signed tokens whose version is compared with the user's row each time. */
export function authOptions(exchange: SignInExchange): AuthOptions {
  const { settings, secrets, logger } = portal();
  const secure = settings.portalUrl.startsWith("https:");
  return {
    secret: secrets.sessionSecret,
    useSecureCookies: secure,
    cookies: cookiesOf(secure),
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    providers: [passwordProvider(exchange), ...settings.identityProviders.map(oauthProvider)],
    callbacks: {
      signIn: async ({ account, profile }) =>
        account?.type !== "oauth" || (await admit(exchange, account.provider, profile ?? {})),
      // Always a token of its own making: one that a browser brought along is never taken over by signing in.
      jwt: async ({ token, user, account }) => {
        if (user !== undefined) return tokenOf(newSession(await userAtSignIn(user, account), new Date()));
        const claim = claimOf(token);
        const session = claim === null ? null : await readSession(portal().database, claim);
        if (session === null) throw new Error("This session has ended.");
        return token;
      },
      redirect: ({ url, baseUrl }) => new URL(safeReturnPath(pathOf(url, baseUrl)), baseUrl).href,
    },
    events: {
      signOut: async ({ token }) => {
        const claim = claimOf(token);
        if (claim !== null)
          await signOut(systemContext(portal().database.db, "sign-out", exchange.address), claim);
      },
    },
    logger: {
      error: (code, metadata) => logger.warn({ code, problem: problemOf(metadata) }, "sign-in"),
      warn: (code) => logger.debug({ code }, "sign-in"),
      debug: () => undefined,
    },
  };
}

function cookiesOf(secure: boolean): AuthOptions["cookies"] {
  const names = cookieNames(secure);
  const cookie = (name: string) => ({
    name,
    options: { httpOnly: true, sameSite: "lax" as const, path: "/", secure },
  });
  return {
    sessionToken: cookie(names.session),
    callbackUrl: cookie(names.callback),
    csrfToken: cookie(names.csrf),
    pkceCodeVerifier: cookie(names.pkce),
    state: cookie(names.state),
    nonce: cookie(names.nonce),
  };
}

function passwordProvider({ address, browser, onPassword }: SignInExchange) {
  return CredentialsProvider({
    credentials: { email: {}, password: {} },
    async authorize(credentials) {
      try {
        const { database } = portal();
        const user = await verifyPassword(systemContext(database.db, "sign-in", address), {
          email: String(credentials?.email ?? ""),
          password: String(credentials?.password ?? ""),
          address,
          browser,
        });
        onPassword(user);
        return { ...user, id: String(user.id) };
      } catch (error) {
        throw new Error(error instanceof UserError ? error.message : explain(portal(), error));
      }
    },
  });
}

/** True, or the address of the page that says why not. */
async function admit(exchange: SignInExchange, providerId: string, claims: object): Promise<true | string> {
  const { database } = portal();
  const isConnecting = exchange.intent.kind === "connect";
  try {
    const provider = providerOf(providerId);
    const ctx = systemContext(database.db, `sign-in by ${provider.name}`, exchange.address);
    await admitPerson(ctx, { ...exchange, provider, person: personOf(provider, claims) });
    return true;
  } catch (error) {
    if (!(error instanceof SignInRefusal)) explain(portal(), error);
    const code = error instanceof SignInRefusal ? error.code : "Callback";
    return isConnecting ? `/settings?problem=${code}` : `/sign-in?error=${code}`;
  }
}

async function userAtSignIn(user: User, account: Account | null) {
  if (account?.type !== "oauth") return { userId: Number(user.id), sessionVersion: user.sessionVersion };
  const found = await findUserByIdentity(systemContext(portal().database.db, "sign-in"), {
    issuer: providerOf(account.provider).issuer,
    subject: account.providerAccountId,
  });
  if (found === null) throw new Error("The account was removed while signing in.");
  return { userId: found.id, sessionVersion: found.sessionVersion };
}

function providerOf(id: string): IdentityProvider {
  const provider = portal().settings.identityProviders.find((candidate) => candidate.id === id);
  if (provider === undefined) throw new Error(`The provider ${id} is not set up.`);
  return provider;
}

/** What is thrown while signing in may hold what nobody should read: it is logged, and shown by its id at most. */
function explain({ logger }: Portal, error: unknown): string {
  if (isDatabaseAway(error)) return tellOfDatabase(error);
  return logUnknown(logger, error, { path: "sign-in" }).message;
}

function problemOf(metadata: unknown): string {
  return metadata instanceof Error ? metadata.message : messageOf((metadata as { error?: unknown }).error);
}

function pathOf(url: string, baseUrl: string): string {
  return url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
}
