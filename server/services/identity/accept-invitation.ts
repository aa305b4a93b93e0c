import { and, eq, isNull } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { findInvitation, type Invitation, useInvitation } from "./invitation.ts";
import { makeMember } from "./make-member.ts";
import { actingAs } from "./note-sign-in.ts";
import { parseName, parsePassword } from "./parse-account.ts";
import { hashPassword } from "./password-hash.ts";
import { nextSessionVersion } from "./session.ts";
import { SignInRefusal } from "./sign-in-refusal.ts";

/** Makes the account, or sets its password, by a one-time link. Whoever has no link cannot keep the machine busy. */
export async function acceptInvitation(
  ctx: Context,
  input: { token: string; name: string; password: string },
): Promise<{ email: string }> {
  const invitation = await findInvitation(ctx, input.token);
  const { email, account } = invitation;
  const name = account?.name ?? parseName(input.name);
  const passwordHash = await hashPassword(parsePassword(input.password, { name, email }));
  await inTransaction(ctx, async (tx) => {
    await useInvitation(tx, invitation);
    if (account !== null) await setPassword(tx, { userId: account.id, passwordHash });
    else await join(tx, invitation, { name, passwordHash });
  });
  return { email };
}

async function join(
  ctx: Context,
  { id, email, role }: Invitation,
  account: { name: string; passwordHash: string },
): Promise<void> {
  await makeMember(ctx, { ...account, email, role, identity: null, by: `invitation:${id}` });
}

/** Every session ends: whoever asked for a new password may have lost the old one to somebody. */
async function setPassword(ctx: Context, input: { userId: number; passwordHash: string }): Promise<void> {
  const [changed] = await ctx.db
    .update(users)
    .set({ passwordHash: input.passwordHash, withoutGroupSince: null, ...nextSessionVersion })
    .where(and(eq(users.id, input.userId), isNull(users.leftAt)))
    .returning();
  if (changed === undefined) throw new SignInRefusal("invitation-unusable");
  await notify(ctx, "session", input.userId);
  await record(actingAs(ctx, changed), {
    action: "identity/reset-password",
    subject: `user:${input.userId}`,
  });
}
