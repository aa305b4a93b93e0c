import type { IncomingMessage } from "node:http";
import { portal } from "#server/kernel/portal.ts";
import { readSession, type Session } from "./session.ts";
import { cookieNames, readSessionToken } from "./session-token.ts";

/** Who sends this request to the bare server; null without a valid session. */
export async function sessionFromRequest(request: Pick<IncomingMessage, "headers">): Promise<Session | null> {
  const { session } = cookieNames(isSecure());
  return sessionFromToken(readCookies(request.headers.cookie ?? "")[session]);
}

/** The one place that turns a token into a session: signature, age, and the version in the user's row. */
export async function sessionFromToken(token: string | undefined): Promise<Session | null> {
  if (token === undefined || token === "") return null;
  const { database, secrets } = portal();
  const claim = await readSessionToken(token, secrets.sessionSecret);
  return claim === null ? null : readSession(database, claim);
}

export function isSecure(): boolean {
  return portal().settings.portalUrl.startsWith("https:");
}

/** The first of each name. A value that is not encoded right is empty: nothing of ours looks like that. */
export function readCookies(header: string): Record<string, string> {
  const read = new Map<string, string>();
  for (const pair of header.split(";")) {
    const end = pair.indexOf("=");
    const name = pair.slice(0, Math.max(end, 0)).trim();
    const value = pair.slice(end + 1).trim();
    if (name !== "" && !read.has(name)) read.set(name, decode(value));
  }
  return Object.fromEntries(read);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return "";
    throw error;
  }
}
