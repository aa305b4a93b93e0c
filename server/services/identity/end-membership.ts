import { and, eq, isNull } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { lockEmail, revokeOpenLinks } from "./invitation.ts";
import { isLastAdministrator } from "./is-last-administrator.ts";
import { revokeTokensOf } from "./revoke-tokens-of.ts";
import { nextSessionVersion } from "./session.ts";

/**
 * Somebody leaves: their sessions, tokens and open links end in one transaction. Their row stays, so that history
 * keeps its names.
 */
export async function endMembership(ctx: Context, input: { userId: number }): Promise<void> {
  demand(ctx, "manageMembers");
  await inTransaction(ctx, async (tx) => {
    const [account] = await tx.db.select().from(users).where(eq(users.id, input.userId));
    if (account === undefined) throw new NotFoundError("There is no such member.");
    // First, as everywhere: a link that is being made or used now comes before or after.
    await lockEmail(tx, account.email);
    if (await isLastAdministrator(tx, input.userId)) {
      throw new ConflictError(
        "They are the only administrator. Make somebody else an administrator first; nothing was changed.",
      );
    }
    const [left] = await tx.db
      .update(users)
      .set({ leftAt: tx.now(), ...nextSessionVersion })
      .where(and(eq(users.id, input.userId), isNull(users.leftAt)))
      .returning({ id: users.id });
    if (left === undefined) throw new ConflictError("They have left already. Nothing was changed.");
    const revokedTokens = await revokeTokensOf(tx, input.userId);
    await revokeOpenLinks(tx, account.email);
    await notify(tx, "session", input.userId);
    await record(tx, {
      action: "identity/end-membership",
      subject: `user:${input.userId}`,
      after: { left: true, revokedTokens },
    });
  });
}
