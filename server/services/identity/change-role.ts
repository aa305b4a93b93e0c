import { and, eq, isNull, ne } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import type { Role } from "#server/domain/permissions.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { isLastAdministrator } from "./is-last-administrator.ts";

/** An administrator gives somebody another role. It holds from their next request on: sessions read the row. */
export async function changeRole(ctx: Context, input: { userId: number; role: Role }): Promise<void> {
  demand(ctx, "manageMembers");
  await inTransaction(ctx, async (tx) => {
    if (input.role !== "admin" && (await isLastAdministrator(tx, input.userId))) {
      throw new ConflictError(
        "They are the only administrator. Make somebody else an administrator first; nothing was changed.",
      );
    }
    if (await writeRole(tx, input)) return;
    throw new ConflictError("They have this role already, or have left. Nothing was changed.");
  });
}

/**
 * Writes the role and its audit entry; false where there is nothing to change. Tokens that they made need no change:
 * each can do no more than its maker may at the moment that it is used.
 */
export async function writeRole(ctx: Context, input: { userId: number; role: Role }): Promise<boolean> {
  const { userId, role } = input;
  const [before] = await ctx.db
    .select({ role: users.role })
    .from(users)
    .where(and(eq(users.id, userId), ne(users.role, role), isNull(users.leftAt)))
    .for("update");
  if (before === undefined) return false;
  await ctx.db.update(users).set({ role }).where(eq(users.id, userId));
  await record(ctx, {
    action: "identity/change-role",
    subject: `user:${userId}`,
    before: { role: before.role },
    after: { role },
  });
  await notify(ctx, "session", userId);
  return true;
}
