import type { IncomingMessage, ServerResponse } from "node:http";
import { isAllowed } from "#server/domain/permissions.ts";
import { systemContext } from "#server/kernel/context.ts";
import { portal } from "#server/kernel/portal.ts";
import { readPicture } from "#server/services/feed/read-picture.ts";
import { sessionFromRequest } from "#server/services/identity/session-from-request.ts";
import { answerText } from "./bare-answers.ts";

/** For as long a copy may be shown after the note that shows it was taken back. */
const keptForSeconds = 60;

/** A note's picture: for everybody while a line of the public feed shows it, else for whoever is signed in. */
export async function answerPicture(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): Promise<void> {
  const picture = await readPicture(systemContext(portal().database.db, "visitor"), id);
  if (picture === null || !(picture.isPublic || (await isReader(request)))) {
    return answerText(response, 404, "There is no such picture.");
  }
  const etag = `"${id}"`;
  const isKnown = request.headers["if-none-match"] === etag;
  response.writeHead(isKnown ? 304 : 200, {
    etag,
    "cache-control": picture.isPublic ? `public, max-age=${keptForSeconds}` : "private, no-store",
    // Opened by itself it is a document, which may do nothing at all.
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    ...(isKnown ? {} : { "content-type": picture.mediaType, "content-length": picture.body.length }),
  });
  response.end(isKnown || request.method === "HEAD" ? undefined : picture.body);
}

async function isReader(request: IncomingMessage): Promise<boolean> {
  const session = await sessionFromRequest(request);
  return session !== null && isAllowed(session.user.role, "read");
}
