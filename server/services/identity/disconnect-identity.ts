import { and, eq } from "drizzle-orm";
import { userIdentities, users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { listIdentities } from "./list-identities.ts";

/** The provider's account no longer signs the user in. Refused for the last way that they have. */
export async function disconnectIdentity(
  ctx: Context,
  input: { userId: number; identityId: number },
): Promise<void> {
  const { userId, identityId } = input;
  await inTransaction(ctx, async (tx) => {
    // The row stays locked, so that two ways are not given up at the same moment.
    const [user] = await tx.db.select().from(users).where(eq(users.id, userId)).for("update");
    const identities = await listIdentities(tx, userId);
    if (user?.passwordHash === null && identities.length < 2) {
      throw new ConflictError("This is your only way to sign in. Connect another provider first.");
    }
    const [gone] = await tx.db
      .delete(userIdentities)
      .where(and(eq(userIdentities.id, identityId), eq(userIdentities.userId, userId)))
      .returning({ issuer: userIdentities.issuer });
    if (gone === undefined) throw new NotFoundError("This provider is not connected to your account.");
    await record(tx, {
      action: "identity/disconnect",
      subject: `user:${userId}`,
      before: { issuer: gone.issuer },
    });
  });
}
