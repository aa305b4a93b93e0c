import { and, eq } from "drizzle-orm";
import { invitations } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { isOpen } from "./invitation.ts";

/** The link is of no use from now on. */
export async function revokeInvitation(ctx: Context, input: { invitationId: number }): Promise<void> {
  demand(ctx, "manageMembers");
  await inTransaction(ctx, async (tx) => {
    const [revoked] = await tx.db
      .update(invitations)
      .set({ revokedAt: tx.now() })
      .where(and(eq(invitations.id, input.invitationId), isOpen(tx)))
      .returning({ email: invitations.email });
    if (revoked === undefined) throw new ConflictError("This link was used, revoked or has run out already.");
    await record(tx, {
      action: "identity/revoke-invitation",
      subject: `invitation:${input.invitationId}`,
      after: { email: revoked.email, revoked: true },
    });
  });
}
