import { and, eq } from "drizzle-orm";
import { userIdentities, users } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";

/** A user's row, with what nobody is shown: it stays in this room. */
export type User = typeof users.$inferSelect;

/** Since when nothing lets them in: they left, or lost the groups that they came by. Null for everybody else. */
export function shutOutSince(user: Pick<User, "leftAt" | "withoutGroupSince">): Date | null {
  return user.leftAt ?? user.withoutGroupSince;
}

/** Null where nobody has this address; who left still has theirs. */
export async function findUserByEmail(ctx: Context, email: string): Promise<User | null> {
  const [user] = await ctx.db.select().from(users).where(eq(users.email, email));
  return user ?? null;
}

/** By issuer and subject alone; null where nobody here has this account. */
export async function findUserByIdentity(
  ctx: Context,
  identity: { issuer: string; subject: string },
): Promise<User | null> {
  const [found] = await ctx.db
    .select({ user: users })
    .from(userIdentities)
    .innerJoin(users, eq(users.id, userIdentities.userId))
    .where(and(eq(userIdentities.issuer, identity.issuer), eq(userIdentities.subject, identity.subject)));
  return found?.user ?? null;
}
