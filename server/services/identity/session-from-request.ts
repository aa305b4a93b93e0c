import type { IncomingMessage } from "node:http";
import { portal } from "#server/kernel/portal.ts";
import { readSession, type Session } from "./session.ts";
import { cookieNames, readSessionToken } from "./session-token.ts";

/** Who sends this request to the bare server; null without a valid session. */
export async function sessionFromRequest(request: Pick<IncomingMessage, "headers">): Promise<Session | null> {
  const { session } = cookieNames(isSecure());
  return sessionFromToken(cookieValue(request.headers.cookie ?? "", session));
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

function cookieValue(header: string, name: string): string | undefined {
  const pairs = header.split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
