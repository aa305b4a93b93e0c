import { type PoolColor, warmPool } from "#server/domain/pools.ts";
import { mayTake } from "#server/domain/worker-fit.ts";
import { hasServed } from "#server/services/deployments/has-served.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import { listPoolInstances } from "#server/services/targets/list-pool-instances.ts";
import { takeWarmPool } from "#server/services/targets/take-warm-pool.ts";
import { Interruption } from "../interruption.ts";
import { poolOf, type Run, releaseOf } from "../run.ts";
import { runStep, skipStep } from "../run-step.ts";
import { type Place, readPlace, takePool } from "../take-pool.ts";
import { processSettingsOf } from "./process-settings.ts";

/** Has the release run in an idle pool. */
export async function start(run: Run): Promise<void> {
  if (run.work.kind === "switch-back") {
    if (await takeWarm(run, await readPlace(run.ctx, run))) {
      return skipStep(run, "start", "its pool is still warm");
    }
    // Any worker may turn traffic back to a warm pool. It ended meanwhile, so it is left to one that may start it.
    if (!mayTake(run.machine, run.work.workerLabel)) throw new Interruption("label-missing");
  }
  await runStep(run, "start", async (log) => {
    const { instances, drainMs } = processSettingsOf(run);
    const laterCount = (await isTried(run)) ? 0 : instances - 1;
    await takePool(run, log, { count: instances - laterCount, laterCount, drainMs });
    await run.machine.keeper.reconcile();
    const started = `${instances} ${instances === 1 ? "instance" : "instances"} in the ${poolOf(run).color} pool`;
    return laterCount === 0 ? started : `the first of ${started}`;
  });
}

/**
 * Whether the release is known to start. One that is not begins with a single instance, so that a broken one costs one
 * start and the log shows that one's output. It takes as long as one start more, so what has served before starts all at
 * once: a promotion, a restart, a way back. Another configuration may break what has served.
 */
async function isTried(run: Run): Promise<boolean> {
  const { ctx, work } = run;
  if (work.kind === "configure") return false;
  return hasServed(ctx, { serviceId: work.service.id, release: releaseOf(run) });
}

async function takeWarm(run: Run, place: Place): Promise<boolean> {
  const color = warmPool(place, releaseOf(run).id);
  return color !== null && (await takeItWarm(run, color, place));
}

async function takeItWarm(run: Run, color: PoolColor, { live, generation }: Place): Promise<boolean> {
  const key = { serviceEnvironmentId: run.work.serviceEnvironmentId, pool: color };
  const taken = await takeWarmPool(run.ctx, {
    ...key,
    releaseId: releaseOf(run).id,
    configurationId: run.work.configuration?.id ?? null,
    deploymentId: run.lease.deploymentId,
  });
  if (!taken) return false;
  const instances = await listPoolInstances(run.ctx, key);
  run.pool = {
    ...{ color, wasWarm: true, others: null, former: live, generation, hadShare: false, holdback: null },
    instanceIds: instances.map((instance) => instance.id),
  };
  await noteProgress(run.ctx, run.lease, { pool: color });
  return instances.length > 0;
}
