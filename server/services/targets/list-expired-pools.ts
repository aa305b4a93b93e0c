import { and, eq, lt, sql } from "drizzle-orm";
import { pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { isNotNeeded } from "./is-not-needed.ts";

/** Pools whose warm time is over, by database time, and that nobody needs as the way back from a bad release. */
export function listExpiredPools(ctx: Context): Promise<{ serviceEnvironmentId: number; pool: PoolColor }[]> {
  return ctx.db
    .select({ serviceEnvironmentId: pools.serviceEnvironmentId, pool: pools.color })
    .from(pools)
    .where(and(eq(pools.status, "ready"), lt(pools.warmUntil, sql`clock_timestamp()`), isNotNeeded()));
}
