import { userIdentities, users } from "#db/schema/identity.ts";
import type { Role } from "#server/domain/permissions.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import type { User } from "./find-user.ts";
import { actingAs } from "./note-sign-in.ts";

export interface NewMember {
  name: string;
  email: string;
  role: Role;
  passwordHash: string | null;
  /** The account at a provider that they came by. */
  identity: { issuer: string; subject: string } | null;
  /** What let them in, for the audit log. */
  by: string;
}

/** Inserts a member; call it in a transaction, with an account that was parsed. ConflictError if the e-mail is taken. */
export async function makeMember(ctx: Context, input: NewMember): Promise<User> {
  const { identity, by, ...account } = input;
  const [member] = await ctx.db.insert(users).values(account).onConflictDoNothing().returning();
  if (member === undefined) throw new ConflictError(`There is an account for ${account.email} already.`);
  if (identity !== null) await ctx.db.insert(userIdentities).values({ userId: member.id, ...identity });
  await record(actingAs(ctx, member), {
    action: "identity/join",
    subject: `user:${member.id}`,
    after: { name: member.name, email: member.email, role: member.role, by },
  });
  return member;
}
