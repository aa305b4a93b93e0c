import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { forgetWorker as takeOffLists } from "#server/services/deployments/forget-worker.ts";
import { buryInstances } from "#server/services/targets/bury-instances.ts";

/**
 * Takes a worker that is gone for good off every list; `withInstances` where its machine is gone with all that ran on it.
 * ConflictError with the reason where it is alive, or looks after instances that nobody gave up.
 */
export async function forgetWorker(
  ctx: Context,
  { workerId, withInstances }: { workerId: number; withInstances: boolean },
): Promise<void> {
  demand(ctx, "manageInstallation");
  await inTransaction(ctx, async (tx) => {
    const instancesGone = withInstances ? (await buryInstances(tx, { workerId })).length : 0;
    await takeOffLists(tx, { workerId, instancesGone });
  });
}
