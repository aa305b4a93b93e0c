import { inTransaction } from "#server/kernel/context.ts";
import { markSwitched } from "#server/services/deployments/mark-switched.ts";
import { keepWarm } from "#server/services/targets/keep-warm.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { poolOf, type Run } from "./run.ts";

/** Makes the run's pool the live one: from this transaction on, the deployment can only succeed. */
export async function movePointer(run: Run, keep: { drainMs: number; warmMs: number }): Promise<number> {
  const { serviceEnvironmentId } = run.work;
  const { deploymentId } = run.lease;
  const { color, generation: expectedGeneration } = poolOf(run);
  const generation = await inTransaction(run.ctx, async (tx) => {
    await markSwitched(tx, run.lease);
    await keepWarm(tx, { serviceEnvironmentId, livePool: color, deploymentId, ...keep });
    const moved = await switchPool(tx, { serviceEnvironmentId, toPool: color, expectedGeneration });
    return moved.generation;
  });
  run.hasSwitched = true;
  return generation;
}
