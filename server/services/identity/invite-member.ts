import type { Role } from "#server/domain/permissions.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { findUserByEmail } from "./find-user.ts";
import { lockEmail } from "./invitation.ts";
import { makeOneTimeLink, type OneTimeLink } from "./one-time-link.ts";
import { parseEmail } from "./parse-account.ts";

/** A link by which somebody makes their account. Each new one ends the open ones before it. */
export async function inviteMember(
  ctx: Context,
  input: { email: string; role: Role; portalUrl: string },
): Promise<OneTimeLink> {
  const person = demandPerson(ctx, "manageMembers");
  const email = parseEmail(input.email);
  return inTransaction(ctx, async (tx) => {
    await lockEmail(tx, email);
    const account = await findUserByEmail(tx, email);
    if (account !== null) throw new ValidationError(alreadyHere(account), "email");
    return makeOneTimeLink(tx, person, { ...input, email, action: "identity/invite" });
  });
}

function alreadyHere({ name, leftAt }: { name: string; leftAt: Date | null }): string {
  if (leftAt === null) return `${name} is a member with this address already.`;
  return `${name} was a member with this address and left. Let them come back in the list of who left.`;
}
