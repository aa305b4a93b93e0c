import { eq } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import { pools } from "#db/schema/traffic.ts";
import type { PoolState } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";

/** The pools of a service environment as they stand. */
export async function listPools(ctx: Context, serviceEnvironmentId: number): Promise<PoolState[]> {
  const rows = await ctx.db
    .select({ pool: pools, badSince: releases.badSince })
    .from(pools)
    .leftJoin(releases, eq(releases.id, pools.releaseId))
    .where(eq(pools.serviceEnvironmentId, serviceEnvironmentId));
  return rows.map(({ pool, badSince }) => {
    const { color, status, releaseId, deploymentId } = pool;
    return { color, status, releaseId, deploymentId, isReleaseBad: badSince !== null };
  });
}
