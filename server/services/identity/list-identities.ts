import { eq } from "drizzle-orm";
import { userIdentities } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";

/** The accounts at providers that sign this user in, oldest first. */
export async function listIdentities(ctx: Context, userId: number) {
  return ctx.db
    .select({
      id: userIdentities.id,
      issuer: userIdentities.issuer,
      createdAt: userIdentities.createdAt,
    })
    .from(userIdentities)
    .where(eq(userIdentities.userId, userId))
    .orderBy(userIdentities.id);
}
