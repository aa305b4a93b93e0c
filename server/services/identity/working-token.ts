import { and, gt, isNull } from "drizzle-orm";
import { apiTokens } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";

/** What `tokenState` calls active or replaced, for a query; a maker's leaving revokes what they made. */
export function isWorking(ctx: Context) {
  return and(isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, ctx.now()));
}
