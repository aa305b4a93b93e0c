import { eq } from "drizzle-orm";
import { hostKeys } from "#db/schema/repositories.ts";
import type { HostView } from "#server/domain/repository-access.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { fingerprintOf } from "#server/kernel/ssh-keys.ts";
import { hostViewOf } from "./read-host.ts";
import { shownKeys } from "./scan-host.ts";

/**
 * Pins the keys of an ssh server for every service: those that it still shows and whose fingerprints a person has
 * compared. ConflictError where it shows none of them any more.
 */
export async function confirmHost(
  ctx: Context,
  input: { repositoryUrl: string; fingerprints: readonly string[] },
): Promise<HostView> {
  demand(ctx, "manageServices");
  const shown = await shownKeys(input.repositoryUrl);
  const { host } = shown;
  const keys = shown.keys.filter((key) => input.fingerprints.includes(fingerprintOf(key)));
  if (keys.length === 0) {
    throw new ConflictError(
      `${host} shows other keys now than the ones that were compared. Look at them again.`,
    );
  }
  return inTransaction(ctx, async (tx) => {
    const [before] = await tx.db.select().from(hostKeys).where(eq(hostKeys.host, host)).for("update");
    const values = { keys, confirmedByName: ctx.actor.name, confirmedAt: ctx.now() };
    await tx.db
      .insert(hostKeys)
      .values({ host, ...values })
      .onConflictDoUpdate({ target: hostKeys.host, set: values });
    await record(tx, {
      action: "repositories/confirm-host",
      subject: `host:${host}`,
      ...(before === undefined ? {} : { before: { fingerprints: before.keys.map(fingerprintOf) } }),
      after: { fingerprints: keys.map(fingerprintOf) },
    });
    return hostViewOf({ host, keys, from: "confirmed" });
  });
}
