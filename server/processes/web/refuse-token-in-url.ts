import type { IncomingMessage, ServerResponse } from "node:http";
import { holdsToken } from "#server/domain/token-text.ts";

/** Addresses end up in histories, logs and bookmarks of others, so a token in one is refused whatever it may do. */
export function refuseTokenInUrl(request: IncomingMessage, response: ServerResponse): boolean {
  if (!holdsToken(request.url ?? "")) return false;
  const detail =
    "There is a token in this address, where it ends up in logs and histories. Send it as `Authorization: Bearer …` " +
    "instead. Revoke this one: whatever stands between here and there has seen it.";
  response.writeHead(400, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(
    `${JSON.stringify({ type: "about:blank", title: "Token in the address", status: 400, code: "token_in_url", detail })}\n`,
  );
  return true;
}

/** What stands in a mail and opens something: only the mailbox’s owner is to have it. */
const mailedTokenPattern = /^((?:\/api)?\/subscriptions\/(?:confirm|end)\/)./;

/** Whether the address holds what was mailed to somebody. */
export function holdsMailedToken(path: string): boolean {
  return mailedTokenPattern.test(path);
}

/** The path of a request as logs may have it: without its query, and without a token. */
export function loggablePath(request: IncomingMessage): string {
  const path = request.url?.split("?")[0] ?? "/";
  if (holdsToken(path)) return "[hidden: it held a token]";
  const mailed = mailedTokenPattern.exec(path);
  return mailed === null ? path : `${mailed[1]}[hidden]`;
}
