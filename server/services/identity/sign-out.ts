import { eq, lt } from "drizzle-orm";
import { endedSessions, users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { actingAs } from "./note-sign-in.ts";
import { longestSessionSeconds, type SessionClaim } from "./session.ts";

/** Ends one session, so that whoever kept its token is nobody. One that has ended already stays so. */
export async function signOut(ctx: Context, claim: SessionClaim): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await tx.db.delete(endedSessions).where(lt(endedSessions.runsOutAt, tx.now()));
    const runsOutAt = new Date((claim.signedInAt + longestSessionSeconds) * 1_000);
    const ended = await tx.db
      .insert(endedSessions)
      .values({ sessionId: claim.sessionId, runsOutAt })
      .onConflictDoNothing()
      .returning();
    const [user] = await tx.db.select().from(users).where(eq(users.id, claim.userId));
    if (ended.length === 0 || user === undefined) return;
    await record(actingAs(tx, user), { action: "identity/sign-out", subject: `user:${user.id}` });
    await notify(tx, "session", user.id);
  });
}
