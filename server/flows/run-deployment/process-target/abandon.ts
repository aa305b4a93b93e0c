import { giveBackWarmPool } from "#server/services/targets/give-back-warm-pool.ts";
import { leavePool } from "../leave-pool.ts";
import { poolOf, type Run } from "../run.ts";
import { processSettingsOf } from "./process-settings.ts";

/** Ends what it started; a pool that was warm before stays so. */
export async function abandon(run: Run): Promise<void> {
  const { color, wasWarm, instanceIds } = poolOf(run);
  if (wasWarm) {
    const { serviceEnvironmentId } = run.work;
    const { deploymentId } = run.lease;
    const warmForMs = processSettingsOf(run).keepWarmMs;
    return giveBackWarmPool(run.ctx, { serviceEnvironmentId, pool: color, deploymentId, warmForMs });
  }
  if (!(await leavePool(run))) return;
  await run.machine.keeper.reconcile();
  await Promise.all(instanceIds.map((id) => run.machine.keeper.over(id)));
}
