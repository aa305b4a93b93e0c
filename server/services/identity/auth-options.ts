import type { AuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { safeReturnPath } from "#server/domain/return-path.ts";
import { systemContext } from "#server/kernel/context.ts";
import { databaseAwayText, isDatabaseAway } from "#server/kernel/database-away.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import { type Portal, portal } from "#server/kernel/portal.ts";
import { logUnknown } from "#server/kernel/unknown-error.ts";
import { addressHeader } from "./request-headers.ts";
import { readSession } from "./session.ts";
import { claimOf, cookieNames } from "./session-token.ts";
import { verifyPassword } from "./verify-password.ts";

declare module "next-auth" {
  interface User {
    sessionVersion: number;
  }
}

const sessionSeconds = 14 * 24 * 3_600;

/** How signing in works here. Sessions are signed tokens whose version is compared with the user's row each time. */
export function authOptions(): AuthOptions {
  const { settings, secrets, logger } = portal();
  const secure = settings.portalUrl.startsWith("https:");
  const names = cookieNames(secure);
  const cookie = (name: string) => ({
    name,
    options: { httpOnly: true, sameSite: "lax" as const, path: "/", secure },
  });
  return {
    secret: secrets.sessionSecret,
    useSecureCookies: secure,
    cookies: {
      sessionToken: cookie(names.session),
      callbackUrl: cookie(names.callbackUrl),
      csrfToken: cookie(names.csrf),
    },
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    providers: [passwordProvider()],
    callbacks: {
      jwt: async ({ token, user }) => {
        if (user !== undefined) return { sub: String(user.id), sessionVersion: user.sessionVersion };
        const claim = claimOf(token);
        const session = claim === null ? null : await readSession(portal().database, claim);
        if (session === null) throw new Error("This session has ended.");
        return token;
      },
      redirect: ({ url, baseUrl }) => new URL(safeReturnPath(pathOf(url, baseUrl)), baseUrl).href,
    },
    logger: {
      error: (code, metadata) => logger.warn({ code, problem: problemOf(metadata) }, "sign-in"),
      warn: (code) => logger.debug({ code }, "sign-in"),
      debug: () => undefined,
    },
  };
}

function passwordProvider() {
  return CredentialsProvider({
    credentials: { email: {}, password: {} },
    async authorize(credentials, request) {
      try {
        const { database } = portal();
        const user = await verifyPassword(systemContext(database.db, "sign-in"), {
          email: String(credentials?.email ?? ""),
          password: String(credentials?.password ?? ""),
          address: String(request.headers?.[addressHeader] ?? "unknown"),
        });
        return { ...user, id: String(user.id) };
      } catch (error) {
        throw new Error(error instanceof UserError ? error.message : explain(portal(), error));
      }
    },
  });
}

/** What is thrown while signing in is shown on the page: an unknown error only by its id. */
function explain({ logger }: Portal, error: unknown): string {
  if (isDatabaseAway(error)) return databaseAwayText;
  return logUnknown(logger, error, { path: "sign-in" }).message;
}

function problemOf(metadata: unknown): string {
  return metadata instanceof Error ? metadata.message : messageOf((metadata as { error?: unknown }).error);
}

function pathOf(url: string, baseUrl: string): string {
  return url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
}
