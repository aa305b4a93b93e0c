import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";

/** Inserts an administrator; call it in a transaction, with an account that was parsed. ConflictError if the e-mail is taken. */
export async function createAdministrator(
  ctx: Context,
  account: { name: string; email: string; passwordHash: string },
): Promise<{ id: number }> {
  const [row] = await ctx.db
    .insert(users)
    .values({ ...account, role: "admin" })
    .onConflictDoNothing()
    .returning({ id: users.id });
  if (row === undefined) throw new ConflictError(`There is an account for ${account.email} already.`);
  await record(ctx, {
    action: "identity/create-administrator",
    subject: `user:${row.id}`,
    after: { name: account.name, email: account.email, role: "admin" },
  });
  return row;
}
