import { and, eq, isNull } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, ValidationError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { revokeOpenLinks } from "./invitation.ts";
import { parsePassword } from "./parse-account.ts";
import { hashPassword, matchesHash } from "./password-hash.ts";
import { newSession, nextSessionVersion, type SessionClaim } from "./session.ts";
import { countAttempt, forgetFailures, passwordChangeLimit, waitText } from "./sign-in-throttle.ts";

/**
 * Sets a new password for whoever knows the current one, and ends every session. The answer is what a session that
 * goes on must claim. Guesses are throttled like those at the door.
 */
export async function changePassword(
  ctx: Context,
  input: { userId: number; currentPassword: string; password: string },
): Promise<SessionClaim> {
  const [user] = await ctx.db.select().from(users).where(eq(users.id, input.userId));
  if (user === undefined || user.passwordHash === null) {
    throw new ConflictError("Your account has no password: you sign in by a provider.");
  }
  const { passwordHash: before } = user;
  const limit = passwordChangeLimit(user.id);
  const waitMs = await countAttempt(ctx, limit);
  if (waitMs > 0) {
    throw new ValidationError(`Too many wrong passwords. ${waitText(waitMs)}`, "currentPassword");
  }
  if (!(await matchesHash(input.currentPassword.slice(0, 1_000), before))) {
    throw new ValidationError("This is not your current password.", "currentPassword");
  }
  await forgetFailures(ctx, limit);
  const passwordHash = await hashPassword(parsePassword(input.password, user));
  return inTransaction(ctx, async (tx) => {
    const [changed] = await tx.db
      .update(users)
      .set({ passwordHash, ...nextSessionVersion })
      .where(and(eq(users.id, user.id), eq(users.passwordHash, before), isNull(users.leftAt)))
      .returning({ sessionVersion: users.sessionVersion });
    if (changed === undefined) throw new ConflictError("Your password was changed elsewhere just now.");
    await record(tx, { action: "identity/change-password", subject: `user:${user.id}` });
    await revokeOpenLinks(tx, user.email);
    await notify(tx, "session", user.id);
    return newSession({ userId: user.id, sessionVersion: changed.sessionVersion }, tx.now());
  });
}
