import type { HoldbackSettings } from "#server/domain/shares.ts";
import { inTransaction } from "#server/kernel/context.ts";
import { markSwitched } from "#server/services/deployments/mark-switched.ts";
import { keepWarm } from "#server/services/targets/keep-warm.ts";
import { PointerMovedError } from "#server/services/traffic/change-pointer.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { poolOf, type Run } from "./run.ts";

interface Keep {
  drainMs: number;
  warmMs: number;
  /** What the pool that was live keeps of the traffic. */
  holdback?: HoldbackSettings | null;
}

/** Makes the run's pool the live one: from this transaction on, the deployment can only succeed. */
export async function movePointer(run: Run, keep: Keep): Promise<number> {
  const generation = await onPointer(run, (expected) => move(run, keep, expected));
  run.hasSwitched = true;
  return generation;
}

function move(
  run: Run,
  { drainMs, warmMs, holdback = null }: Keep,
  expectedGeneration: number,
): Promise<number> {
  const { serviceEnvironmentId } = run.work;
  const { deploymentId } = run.lease;
  const { color, former } = poolOf(run);
  const kept = holdback === null || former === null ? null : { ...holdback, pool: former };
  return inTransaction(run.ctx, async (tx) => {
    await markSwitched(tx, run.lease);
    const openMs = drainMs + (kept?.forMs ?? 0);
    await keepWarm(tx, { serviceEnvironmentId, livePool: color, deploymentId, drainMs: openMs, warmMs });
    const to = { serviceEnvironmentId, toPool: color, expectedGeneration, drainMs, holdback: kept };
    return (await switchPool(tx, to)).generation;
  });
}

/**
 * Changes the pointer from what the run decided on to the generation that it answers with. Where only a share beside the
 * live pool was changed or ended meanwhile, the decision stands.
 */
export async function onPointer(
  run: Run,
  change: (expectedGeneration: number) => Promise<number>,
): Promise<number> {
  for (;;) {
    const pool = poolOf(run);
    try {
      const generation = await change(pool.generation);
      run.pool = { ...pool, generation };
      return generation;
    } catch (error) {
      if (!(error instanceof PointerMovedError)) throw error;
      const [route] = await readRoutes(run.ctx, run.work.serviceEnvironmentId);
      if (route?.livePool !== pool.former) throw error;
      run.pool = { ...pool, generation: route.generation };
    }
  }
}
