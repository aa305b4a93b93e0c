import { join } from "node:path";
import { choosePool, type PoolColor, type PoolQuestion, warmPool } from "#server/domain/pools.ts";
import { missingText, resolveSecrets } from "#server/domain/secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, StepError } from "#server/kernel/errors.ts";
import { findSwitchBackTarget } from "#server/services/deployments/find-switch-back-target.ts";
import { hold } from "#server/services/deployments/lease.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { listSecrets } from "#server/services/services/list-secrets.ts";
import { listPoolInstances } from "#server/services/targets/list-pool-instances.ts";
import { listPools } from "#server/services/targets/list-pools.ts";
import { startPool } from "#server/services/targets/start-pool.ts";
import { takeWarmPool } from "#server/services/targets/take-warm-pool.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { waitForDrain } from "#server/services/traffic/wait-for-drain.ts";
import { poolOf, type Run, releaseOf, settingsOf } from "./run.ts";
import { runStep, skipStep } from "./run-step.ts";
import { shippedFolder } from "./shipped-folder.ts";

interface Place extends PoolQuestion {
  /** The pointer's, when it was read. */
  generation: number;
  livePool: PoolColor | null;
}

/** Has the release run in an idle pool. Resolves with the pointer's generation that this was decided on. */
export async function start(run: Run): Promise<{ generation: number }> {
  let place = await readPlace(run.ctx, run);
  const warm = run.work.kind === "switch-back" ? warmPool(place, releaseOf(run).id) : null;
  if (warm !== null && (await takeWarm(run, warm, place))) {
    await skipStep(run, "start", "its pool is still warm");
    return place;
  }
  await runStep(run, "start", async (log) => {
    place = await startInIdlePool(run, log);
    const count = settingsOf(run).instances;
    return `${count} ${count === 1 ? "instance" : "instances"} in the ${poolOf(run).color} pool`;
  });
  return place;
}

async function readPlace(ctx: Context, run: Run): Promise<Place> {
  const { serviceEnvironmentId } = run.work;
  const [[route], pools] = await Promise.all([
    readRoutes(ctx, serviceEnvironmentId),
    listPools(ctx, serviceEnvironmentId),
  ]);
  if (route === undefined) throw new StepError("This service environment does not exist any more.");
  const { generation, livePool, candidatePool } = route;
  const live = pools.find((pool) => pool.color === livePool);
  const back =
    live?.releaseId != null && live.isReleaseBad
      ? await findSwitchBackTarget(ctx, { serviceEnvironmentId, liveReleaseId: live.releaseId })
      : null;
  const taken = [livePool, candidatePool];
  return { generation, livePool, pools, taken, protectedReleaseId: back?.id ?? null };
}

async function takeWarm(run: Run, color: PoolColor, { livePool }: Place): Promise<boolean> {
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
    ...{ color, wasWarm: true, former: livePool },
    instanceIds: instances.map((instance) => instance.id),
  };
  await noteProgress(run.ctx, run.lease, { pool: color });
  return instances.length > 0;
}

/** Waiting for a pool takes time: which one may be taken is looked at again in the transaction that takes it. */
async function startInIdlePool(run: Run, log: StepLog): Promise<Place> {
  for (;;) {
    const place = await readPlace(run.ctx, run);
    const color = choosePool(place);
    await untilFree(run, color, log);
    await shippedFolder(run);
    run.signal.throwIfAborted();
    if (await startInstances(run, color, place)) return place;
    log.note("What is known of the live release has just changed, so another pool is taken.");
  }
}

/** No router may still point at the pool; requests still open to it get the drain time, and no more. */
async function untilFree(run: Run, color: PoolColor, log: StepLog): Promise<void> {
  const use = await waitForDrain(
    run.ctx,
    {
      serviceEnvironmentId: run.work.serviceEnvironmentId,
      pool: color,
      timeoutMs: settingsOf(run).drainMs,
      signal: run.signal,
    },
    run.machine.notices,
  );
  run.signal.throwIfAborted();
  if (use.pointedAtBy.length > 0) throw new StepError(use.reason ?? `The ${color} pool is not free.`);
  if (use.openRequests > 0) log.note(`The drain time is over: ${use.openRequests} open requests are ended.`);
}

/** Ids by name. StepError where one is revoked and nothing was set after it. */
async function secretsToStartWith({ ctx, work }: Run): Promise<Record<string, number>> {
  const { serviceEnvironmentId, configuration } = work;
  const known = await listSecrets(ctx, { serviceEnvironmentId });
  const { ids, missing } = resolveSecrets(configuration?.secrets ?? {}, known);
  if (missing.length > 0) throw new StepError(missing.map(missingText).join(" "));
  return ids;
}

class AnotherPoolError extends ConflictError {}

/** False where another pool is to be taken by now. */
async function startInstances(run: Run, color: PoolColor, { livePool }: Place): Promise<boolean> {
  const { ctx, lease, machine, work } = run;
  const fence = async (tx: Context) => {
    await hold(tx, lease);
    if (choosePool(await readPlace(tx, run)) !== color) throw new AnotherPoolError();
    await noteProgress(tx, lease, { pool: color });
  };
  const start = {
    serviceEnvironmentId: work.serviceEnvironmentId,
    pool: color,
    releaseId: releaseOf(run).id,
    configurationId: work.configuration?.id ?? null,
    secrets: await secretsToStartWith(run),
    deploymentId: lease.deploymentId,
    workerId: machine.workerId,
    count: settingsOf(run).instances,
    host: machine.instanceHost,
    outputFolder: join(machine.dataFolder.instanceLogsFolder, work.service.slug),
  };
  try {
    const { instanceIds } = await startPool(ctx, start, fence);
    run.pool = { color, wasWarm: false, instanceIds, former: livePool };
  } catch (error) {
    if (error instanceof AnotherPoolError) return false;
    throw error;
  }
  await machine.keeper.reconcile();
  return true;
}
