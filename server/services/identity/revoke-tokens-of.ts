import { and, eq, isNull } from "drizzle-orm";
import { apiTokens } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";

/** Ends every token that this user made; how many there were. The caller's audit entry says so. */
export async function revokeTokensOf(ctx: Context, userId: number): Promise<number> {
  const revoked = await ctx.db
    .update(apiTokens)
    .set({ revokedAt: ctx.now() })
    .where(and(eq(apiTokens.createdBy, userId), isNull(apiTokens.revokedAt)))
    .returning({ id: apiTokens.id });
  return revoked.length;
}
