import { and, eq, gt, isNull } from "drizzle-orm";
import { setupLinks } from "#db/schema/identity.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError } from "#server/kernel/errors.ts";
import { administratorExists } from "./administrator-exists.ts";
import { createAdministrator } from "./create-administrator.ts";
import { hashToken } from "./hash-token.ts";
import { type AccountInput, parseAccount } from "./parse-account.ts";
import { hashPassword } from "./password-hash.ts";
import { lockSetup } from "./setup-lock.ts";

/** Makes the first administrator by a setup link. The link is used up in the same transaction, by one conditional UPDATE. */
export async function completeSetup(
  ctx: Context,
  input: AccountInput & { token: string },
): Promise<{ email: string }> {
  const tokenHash = hashToken(input.token);
  // Before the costly password hash: whoever has no link cannot keep the machine busy.
  await demandUsableLink(ctx, tokenHash);
  const { name, email, password } = parseAccount(input);
  const passwordHash = await hashPassword(password);
  return inTransaction(ctx, async (tx) => {
    await lockSetup(tx);
    const used = await tx.db
      .update(setupLinks)
      .set({ usedAt: tx.now() })
      .where(isUsable(tx, tokenHash))
      .returning();
    if (used.length === 0) throw unusable();
    if (await administratorExists(tx)) throw new ConflictError("There is an administrator already: sign in.");
    await createAdministrator(tx, { name, email, passwordHash });
    return { email };
  });
}

async function demandUsableLink(ctx: Context, tokenHash: string): Promise<void> {
  const rows = await ctx.db.select().from(setupLinks).where(isUsable(ctx, tokenHash));
  if (rows.length === 0) throw unusable();
}

function isUsable(ctx: Context, tokenHash: string) {
  return and(
    eq(setupLinks.tokenHash, tokenHash),
    isNull(setupLinks.usedAt),
    gt(setupLinks.expiresAt, ctx.now()),
  );
}

function unusable(): ForbiddenError {
  return new ForbiddenError(
    "This setup link was used, replaced by a newer one, or is older than 24 hours. Run `npm run anytime -- setup-link` for a new one.",
  );
}
