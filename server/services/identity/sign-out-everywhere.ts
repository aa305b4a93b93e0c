import { eq, sql } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";

/** Ends every session of a user at once: tokens carry the version that was current when they were made. */
export async function signOutEverywhere(ctx: Context, input: { userId: number }): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await ctx.db
      .update(users)
      .set({ sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.id, input.userId));
    await record(ctx, { action: "identity/sign-out-everywhere", subject: `user:${input.userId}` });
  });
}
