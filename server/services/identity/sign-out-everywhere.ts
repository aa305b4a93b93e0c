import { eq } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { nextSessionVersion } from "./session.ts";

/** Ends every session of a user at once: tokens carry the version that was current when they were made. */
export async function signOutEverywhere(ctx: Context, input: { userId: number }): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await tx.db.update(users).set(nextSessionVersion).where(eq(users.id, input.userId));
    await notify(tx, "session", input.userId);
    await record(tx, { action: "identity/sign-out-everywhere", subject: `user:${input.userId}` });
  });
}
