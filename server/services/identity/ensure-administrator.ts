import { type Context, inTransaction } from "#server/kernel/context.ts";
import { administratorExists } from "./administrator-exists.ts";
import { createAdministrator } from "./create-administrator.ts";
import { parseAccount } from "./parse-account.ts";
import { hashPassword } from "./password-hash.ts";
import { lockSetup } from "./setup-lock.ts";

/** Makes the first administrator unattended; does nothing where there is one. */
export async function ensureAdministrator(
  ctx: Context,
  input: { email: string; password: string },
): Promise<{ created: boolean }> {
  if (await administratorExists(ctx)) return { created: false };
  const account = parseAccount({ ...input, name: input.email.split("@")[0] ?? input.email });
  const passwordHash = await hashPassword(account.password);
  return inTransaction(ctx, async (tx) => {
    await lockSetup(tx);
    if (await administratorExists(tx)) return { created: false };
    await createAdministrator(tx, { name: account.name, email: account.email, passwordHash });
    return { created: true };
  });
}
