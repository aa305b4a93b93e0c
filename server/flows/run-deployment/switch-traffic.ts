import { inTransaction } from "#server/kernel/context.ts";
import { markSwitched } from "#server/services/deployments/mark-switched.ts";
import { succeed } from "#server/services/deployments/succeed.ts";
import { keepWarm } from "#server/services/targets/keep-warm.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { waitForAcknowledgements } from "#server/services/traffic/wait-for-acknowledgements.ts";
import { poolOf, type Run, releaseOf, settingsOf } from "./run.ts";
import { runStep } from "./run-step.ts";

const acknowledgedWithinMs = 5_000;

/** Moves live traffic to the pool. From the transaction on, the deployment can only succeed. */
export async function switchTraffic(run: Run, expectedGeneration: number): Promise<void> {
  await runStep(run, "switch", async (log) => {
    const generation = await movePointer(run, expectedGeneration);
    run.hasSwitched = true;
    const { acknowledged, missing } = await waitForAcknowledgements(
      run.ctx,
      {
        serviceEnvironmentId: run.work.serviceEnvironmentId,
        generation,
        timeoutMs: acknowledgedWithinMs,
      },
      run.machine.notices,
    );
    const count = `${acknowledged.length} ${acknowledged.length === 1 ? "router" : "routers"}`;
    log.note(`#${releaseOf(run).number} is live (generation ${generation}), acknowledged by ${count}.`);
    if (missing.length === 0) return `acknowledged by ${count}`;
    return `acknowledged by ${count}; still silent: ${missing.join(", ")}`;
  });
  await succeed(run.ctx, run.lease);
}

async function movePointer(run: Run, expectedGeneration: number): Promise<number> {
  const { work, lease } = run;
  const { serviceEnvironmentId } = work;
  const { color: toPool } = poolOf(run);
  const { drainMs, keepWarmMs } = settingsOf(run);
  return inTransaction(run.ctx, async (tx) => {
    await markSwitched(tx, lease);
    await keepWarm(tx, {
      serviceEnvironmentId,
      livePool: toPool,
      deploymentId: lease.deploymentId,
      ...{ drainMs, warmMs: keepWarmMs },
    });
    const { generation } = await switchPool(tx, { serviceEnvironmentId, toPool, expectedGeneration });
    return generation;
  });
}
