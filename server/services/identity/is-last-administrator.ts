import { and, asc, eq, isNull } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";

/**
 * Whether this user is the only administrator. All of their rows stay locked to the end of the transaction, so that two
 * who demote each other at the same moment do not both succeed.
 */
export async function isLastAdministrator(ctx: Context, userId: number): Promise<boolean> {
  const administrators = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, "admin"), isNull(users.leftAt)))
    .orderBy(asc(users.id))
    .for("no key update");
  return administrators.length === 1 && administrators[0]?.id === userId;
}
