import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { endPool } from "#server/services/targets/end-pool.ts";
import { listExpiredPools } from "#server/services/targets/list-expired-pools.ts";
import { poolIsFree } from "#server/services/traffic/pool-is-free.ts";

/** Ends warm pools whose time is over, unless a router may still point at them or something is open to them. */
export async function expireWarmPools(ctx: Context): Promise<void> {
  for (const pool of await listExpiredPools(ctx)) {
    const { free } = await poolIsFree(ctx, pool);
    if (!free) continue;
    await endPool(ctx, { ...pool, when: { warmTimeIsOver: true } }).catch((error: unknown) => {
      // A switch-back has just taken it.
      if (!(error instanceof ConflictError)) throw error;
    });
  }
}
