import { systemContext } from "#server/kernel/context.ts";
import { UnauthenticatedError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { type FoundToken, findToken } from "#server/services/identity/find-token.ts";
import { noteTokenUse } from "#server/services/identity/note-token-use.ts";
import { addressHeader } from "#server/services/identity/request-headers.ts";

/**
 * Whose token stands in `Authorization: Bearer …`; nothing else is a credential here, a session's cookie least of all,
 * so no other site's page can ask for anything. UnauthenticatedError without a valid one.
 */
export async function authenticate(headers: Headers): Promise<FoundToken> {
  const text = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (text === undefined) throw new UnauthenticatedError("Send a token: `Authorization: Bearer anytime_…`.");
  const { database, logger } = portal();
  const ctx = systemContext(database.db, "visitor");
  const found = await findToken(ctx, { text, address: headers.get(addressHeader) ?? undefined });
  if (found === null) {
    throw new UnauthenticatedError(
      "This token is unknown, expired or revoked. Make one under Settings → Tokens.",
    );
  }
  // Beside the request: a slow write must not hold it up.
  noteTokenUse(ctx, found).catch((err: unknown) => {
    logger.warn({ err, tokenId: found.actor.id }, "last use of a token not written");
  });
  return found;
}
