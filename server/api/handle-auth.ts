import { demandDatabase, isDatabaseAway } from "#server/kernel/database-away.ts";
import { ForbiddenError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { tellOfDatabase } from "#server/kernel/tell-of-database.ts";
import { logUnknown } from "#server/kernel/unknown-error.ts";
import { authOptions } from "#server/services/identity/auth-options.ts";
import {
  browserSeconds,
  newBrowser,
  openBrowser,
  sealBrowser,
} from "#server/services/identity/known-browser.ts";
import { addressHeader } from "#server/services/identity/request-headers.ts";
import { isSecure, readCookies, sessionFromToken } from "#server/services/identity/session-from-request.ts";
import { cookieNames } from "#server/services/identity/session-token.ts";
import { intentOf, intentSeconds, openIntent, sealIntent } from "#server/services/identity/sign-in-intent.ts";
import { exchangeAuth } from "./auth-exchange.ts";
import { demandSameOrigin, isReading } from "./same-origin.ts";

interface AuthRoute {
  params: Promise<{ nextauth: string[] }>;
}

/** What reads the database. NextAuth takes any error in these for a wrong password, or for the session's end. */
const needDatabase = ["callback", "session", "signout"];

/** What of NextAuth is offered. It would also take a stranger's words into the log. */
const offered = ["callback", "csrf", "error", "providers", "session", "signin", "signout"];

/** Signing in and out. */
export async function handleAuth(request: Request, route: AuthRoute): Promise<Response> {
  try {
    const { settings, database } = portal();
    if (!isReading(request)) demandSameOrigin(request.headers, settings.portalUrl);
    const { nextauth: path } = await route.params;
    const [action = ""] = path;
    if (!offered.includes(action)) return told(404, "There is nothing here.");
    if (needDatabase.includes(action)) await demandDatabase(database);
    return await exchange(request, path);
  } catch (error) {
    return failure(error);
  }
}

async function exchange(request: Request, path: string[]): Promise<Response> {
  const body = await readForm(request);
  const cookies = readCookies(request.headers.get("cookie") ?? "");
  const names = cookieNames(isSecure());
  const { sessionSecret } = portal().secrets;
  const session = await sessionFromToken(cookies[names.session]);
  const signedInUserId = session?.user.id ?? null;
  const browser = await openBrowser(cookies[names.browser], sessionSecret);
  const proven: { email: string | null } = { email: null };
  const response = await exchangeAuth(
    {
      method: request.method,
      path,
      query: Object.fromEntries(new URL(request.url).searchParams),
      headers: Object.fromEntries(request.headers),
      cookies,
      body,
    },
    authOptions({
      intent: await openIntent(cookies[names.intent], sessionSecret),
      signedInUserId,
      address: request.headers.get(addressHeader) ?? "unknown",
      browser,
      onPassword: ({ email }) => {
        proven.email = email;
      },
    }),
  );
  const set = (name: string, value: string, maxAge: number) =>
    response.headers.append("set-cookie", ownCookie(name, value, maxAge));
  if (proven.email !== null && proven.email !== browser?.email) {
    set(names.browser, await sealBrowser(newBrowser(proven.email), sessionSecret), browserSeconds);
  }
  // Written at each beginning and removed at each end, so that an older wish never joins a later answer.
  if (path[0] === "signin" && request.method === "POST") {
    const intent = intentOf(body ?? {}, signedInUserId);
    set(names.intent, await sealIntent(intent, sessionSecret), intentSeconds);
  } else if (path[0] === "callback") set(names.intent, "", 0);
  return response;
}

function ownCookie(name: string, value: string, maxAge: number): string {
  const secure = isSecure() ? "; Secure" : "";
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`;
}

async function readForm(request: Request): Promise<Record<string, unknown> | undefined> {
  if (request.method !== "POST") return undefined;
  const text = await request.text();
  const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded");
  return isForm === true ? Object.fromEntries(new URLSearchParams(text)) : undefined;
}

function failure(error: unknown): Response {
  if (error instanceof ForbiddenError) return told(403, error.message);
  if (isDatabaseAway(error)) return told(503, tellOfDatabase(error));
  return told(500, logUnknown(portal().logger, error, { path: "auth" }).message);
}

/** NextAuth's client reads the problem from an address, as NextAuth itself would send it. */
function told(status: number, message: string): Response {
  const url = `${portal().settings.portalUrl}/sign-in?error=${encodeURIComponent(message)}`;
  return Response.json({ message, url }, { status });
}
