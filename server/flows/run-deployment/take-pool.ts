import { join } from "node:path";
import { choosePool, type PoolColor, type PoolQuestion } from "#server/domain/pools.ts";
import { missingText, resolveSecrets } from "#server/domain/secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, StepError } from "#server/kernel/errors.ts";
import { findSwitchBackTarget } from "#server/services/deployments/find-switch-back-target.ts";
import { hold } from "#server/services/deployments/lease.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { listSecrets } from "#server/services/services/list-secrets.ts";
import { listPools } from "#server/services/targets/list-pools.ts";
import { startPool } from "#server/services/targets/start-pool.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { endShare } from "#server/services/traffic/share-traffic.ts";
import { waitForDrain } from "#server/services/traffic/wait-for-drain.ts";
import { type Run, releaseOf, settingsOf } from "./run.ts";
import { shippedFolder } from "./shipped-folder.ts";

export interface Place extends PoolQuestion {
  /** The pointer's, when it was read. */
  generation: number;
  isLiveBad: boolean;
  /** What is live does not run behind routers. */
  isLiveElsewhere: boolean;
}

export async function readPlace(ctx: Context, run: Run): Promise<Place> {
  const { serviceEnvironmentId } = run.work;
  const [[route], pools] = await Promise.all([
    readRoutes(ctx, serviceEnvironmentId),
    listPools(ctx, serviceEnvironmentId),
  ]);
  if (route === undefined) throw new StepError("This service environment does not exist any more.");
  const { generation, livePool, candidatePool, isElsewhere: isLiveElsewhere } = route;
  const live = pools.find((pool) => pool.color === livePool);
  const back =
    live?.releaseId != null && live.isReleaseBad
      ? await findSwitchBackTarget(ctx, { serviceEnvironmentId, liveReleaseId: live.releaseId })
      : null;
  const taken = { live: livePool, candidate: candidatePool };
  return {
    generation,
    pools,
    ...taken,
    protectedReleaseId: back?.id ?? null,
    isLiveBad: live?.isReleaseBad === true,
    isLiveElsewhere,
  };
}

/** How many instances start now and how many later, and how long what is still open to it may take. */
export interface PoolWish {
  count: number;
  laterCount: number;
  drainMs: number;
}

/**
 * Takes an idle pool for the release. Waiting for one takes time: which one may be taken is looked at again in the
 * transaction that takes it.
 */
export async function takePool(run: Run, log: StepLog, wish: PoolWish): Promise<void> {
  for (;;) {
    const place = await readPlace(run.ctx, run);
    const color = choosePool(place);
    if (color === null) {
      await endHoldback(run, place, log);
      continue;
    }
    await untilFree(run, color, wish.drainMs, log);
    await shippedFolder(run);
    run.signal.throwIfAborted();
    if (await take(run, color, place, wish)) return;
    log.note("What is known of the live release has just changed, so another pool is taken.");
  }
}

/** Beside what is live and the way back from it there is no room for a third release. */
async function endHoldback({ ctx, work }: Run, { candidate }: Place, log: StepLog): Promise<void> {
  if (candidate === null) throw new StepError("None of its pools is free.");
  log.note(`The share of the ${candidate} pool ends, so that this release finds a pool.`);
  await endShare(ctx, { serviceEnvironmentId: work.serviceEnvironmentId, pool: candidate });
}

/** No router may still point at the pool; requests still open to it get the drain time, and no more. */
async function untilFree(run: Run, color: PoolColor, timeoutMs: number, log: StepLog): Promise<void> {
  const use = await waitForDrain(
    run.ctx,
    {
      serviceEnvironmentId: run.work.serviceEnvironmentId,
      pool: color,
      timeoutMs,
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
async function take(run: Run, color: PoolColor, place: Place, wish: PoolWish): Promise<boolean> {
  const { ctx, lease, machine, work } = run;
  const fence = async (tx: Context) => {
    await hold(tx, lease);
    if (choosePool(await readPlace(tx, run)) !== color) throw new AnotherPoolError();
    await noteProgress(tx, lease, { pool: color });
  };
  const start = {
    serviceEnvironmentId: work.serviceEnvironmentId,
    pool: color,
    target: settingsOf(run).target,
    releaseId: releaseOf(run).id,
    configurationId: work.configuration?.id ?? null,
    secrets: await secretsToStartWith(run),
    deploymentId: lease.deploymentId,
    workerId: machine.workerId,
    count: wish.count,
    host: machine.instanceHost,
    outputFolder: join(machine.dataFolder.instanceLogsFolder, work.service.slug),
  };
  try {
    const { instanceIds } = await startPool(ctx, start, fence);
    const { live: former, generation } = place;
    const others = wish.laterCount === 0 ? null : { ...start, count: wish.laterCount };
    run.pool = {
      color,
      wasWarm: false,
      instanceIds,
      others,
      former,
      generation,
      hadShare: false,
      holdback: null,
    };
  } catch (error) {
    if (error instanceof AnotherPoolError) return false;
    throw error;
  }
  return true;
}
