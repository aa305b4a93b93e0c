import { inTransaction } from "#server/kernel/context.ts";
import { hold } from "#server/services/deployments/lease.ts";
import { giveBackWarmPool } from "#server/services/targets/give-back-warm-pool.ts";
import { endShare } from "#server/services/traffic/share-traffic.ts";
import { waitForDrain } from "#server/services/traffic/wait-for-drain.ts";
import { leavePool } from "../leave-pool.ts";
import { poolOf, type Run } from "../run.ts";
import { processSettingsOf } from "./process-settings.ts";

/** Ends what it started, once nothing is sent there any more; a pool that was warm before stays so. */
export async function abandon(run: Run): Promise<void> {
  const { wasWarm, hadShare, instanceIds } = poolOf(run);
  if (wasWarm) return leaveWarm(run, processSettingsOf(run).keepWarmMs);
  // Else later, as a warm pool whose time is over: a router may still send requests there, or something is open.
  if (hadShare && !(await isLeftByAll(run))) return leaveWarm(run, 0);
  if (!(await leavePool(run))) return;
  await run.machine.keeper.reconcile();
  await Promise.all(instanceIds.map((id) => run.machine.keeper.over(id)));
}

async function leaveWarm(run: Run, warmForMs: number): Promise<void> {
  const { serviceEnvironmentId } = run.work;
  const { deploymentId } = run.lease;
  const pool = poolOf(run).color;
  await giveBackWarmPool(run.ctx, { serviceEnvironmentId, pool, deploymentId, warmForMs });
}

/** A switch-back may wait for the end of this run: what takes longer to drain goes on without it. */
const drainsWithinMs = 5_000;

/** Takes the share of a canary back, and gives what is in flight a moment to end. */
async function isLeftByAll(run: Run): Promise<boolean> {
  const { drainMs } = processSettingsOf(run);
  const key = { serviceEnvironmentId: run.work.serviceEnvironmentId, pool: poolOf(run).color };
  await inTransaction(run.ctx, async (tx) => {
    await hold(tx, run.lease);
    await endShare(tx, { ...key, drainMs });
  });
  const timeoutMs = Math.min(drainMs, drainsWithinMs);
  return (await waitForDrain(run.ctx, { ...key, timeoutMs }, run.machine.notices)).free;
}
