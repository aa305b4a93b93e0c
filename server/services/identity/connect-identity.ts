import { userIdentities } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { SignInRefusal } from "./sign-in-refusal.ts";

/** From now on this account at a provider signs the user in. Call it in a transaction, as the user. */
export async function connectIdentity(
  ctx: Context,
  input: { userId: number; issuer: string; subject: string },
): Promise<void> {
  const { userId, issuer, subject } = input;
  const made = await ctx.db
    .insert(userIdentities)
    .values({ userId, issuer, subject })
    .onConflictDoNothing()
    .returning({ id: userIdentities.id });
  if (made.length === 0) throw new SignInRefusal("identity-taken");
  await record(ctx, { action: "identity/connect", subject: `user:${userId}`, after: { issuer } });
}
