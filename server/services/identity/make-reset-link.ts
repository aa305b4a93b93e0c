import { and, eq, isNull } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { lockEmail } from "./invitation.ts";
import { makeOneTimeLink, type OneTimeLink } from "./one-time-link.ts";

/** A link by which a member sets a new password. */
export async function makeResetLink(
  ctx: Context,
  input: { userId: number; portalUrl: string },
): Promise<OneTimeLink> {
  const person = demandPerson(ctx, "manageMembers");
  return inTransaction(ctx, async (tx) => {
    const one = eq(users.id, input.userId);
    const [known] = await tx.db.select({ email: users.email }).from(users).where(one);
    if (known !== undefined) await lockEmail(tx, known.email);
    // Read once nobody can let them leave any more: a link must not outlive that.
    const [account] = await tx.db
      .select()
      .from(users)
      .where(and(one, isNull(users.leftAt)));
    if (account === undefined) throw new NotFoundError("There is no such member, or they have left.");
    const { email, role } = account;
    const { portalUrl } = input;
    return makeOneTimeLink(tx, person, { email, role, portalUrl, action: "identity/make-reset-link" });
  });
}
