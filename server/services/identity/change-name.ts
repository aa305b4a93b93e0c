import { and, eq, isNull } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { parseName } from "./parse-account.ts";

/** What others see from now on. What happened before keeps the name of its time. */
export async function changeName(ctx: Context, input: { userId: number; name: string }): Promise<void> {
  const name = parseName(input.name);
  await inTransaction(ctx, async (tx) => {
    const mine = and(eq(users.id, input.userId), isNull(users.leftAt));
    const [before] = await tx.db.select({ name: users.name }).from(users).where(mine).for("update");
    if (before === undefined) throw new NotFoundError("This account has left.");
    if (before.name === name) return;
    await tx.db.update(users).set({ name }).where(mine);
    await record(tx, {
      action: "identity/change-name",
      subject: `user:${input.userId}`,
      before,
      after: { name },
    });
  });
}
