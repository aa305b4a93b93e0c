import { and, eq, isNotNull } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";

/** Somebody who left comes back, with the role and the ways to sign in that they had. Tokens and sessions stay ended. */
export async function reopenMembership(ctx: Context, input: { userId: number }): Promise<void> {
  demand(ctx, "manageMembers");
  await inTransaction(ctx, async (tx) => {
    const [back] = await tx.db
      .update(users)
      .set({ leftAt: null })
      .where(and(eq(users.id, input.userId), isNotNull(users.leftAt)))
      .returning({ role: users.role });
    if (back === undefined) throw new ConflictError("They have not left. Nothing was changed.");
    await record(tx, {
      action: "identity/reopen-membership",
      subject: `user:${input.userId}`,
      after: { left: false, role: back.role },
    });
  });
}
