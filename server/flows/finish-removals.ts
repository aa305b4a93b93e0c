import { type Context, inTransaction } from "#server/kernel/context.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { takeServiceFromTokens } from "#server/services/identity/take-service-from-tokens.ts";
import { deleteRemoved } from "#server/services/services/delete-removed.ts";
import { listRemoved } from "#server/services/services/list-removed.ts";
import { endEveryPool } from "#server/services/targets/end-pool.ts";

/**
 * Takes every removal as far as it can go now: once no deployment of the service runs, its instances are ended; once
 * none is left, its rows are deleted. Resolves with the slugs of services that are gone.
 */
export async function finishRemovals(ctx: Context): Promise<string[]> {
  const removed = await listRemoved(ctx);
  if (removed.length === 0) return [];
  const active = new Set((await listActive(ctx)).map((brief) => brief.serviceEnvironmentId));
  for (const { serviceEnvironmentId } of removed) {
    if (!active.has(serviceEnvironmentId)) await endEveryPool(ctx, { serviceEnvironmentId });
  }
  return inTransaction(ctx, async (tx) => {
    const gone = await deleteRemoved(tx);
    for (const slug of gone) await takeServiceFromTokens(tx, slug);
    return gone;
  });
}
