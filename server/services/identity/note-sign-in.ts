import { eq } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import type { Role } from "#server/domain/permissions.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";

type SignedIn = { id: number; name: string; email: string; role: Role };

/** `by` is the issuer, or `password`. Call it in the transaction that let them in. */
export async function noteSignIn(ctx: Context, user: SignedIn, how: { by: string }): Promise<void> {
  await ctx.db.update(users).set({ lastSignInAt: ctx.now() }).where(eq(users.id, user.id));
  await record(actingAs(ctx, user), {
    action: "identity/sign-in",
    subject: `user:${user.id}`,
    after: { by: how.by },
  });
}

/** The same context, with whoever has just shown who they are as its actor. */
export function actingAs(ctx: Context, user: SignedIn): Context {
  const { id, name, email, role } = user;
  const { address } = ctx.actor;
  return { ...ctx, actor: { kind: "user", id, name, email, role, address } };
}
