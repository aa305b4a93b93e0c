import { and, eq, sql } from "drizzle-orm";
import { pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";

/** A switch-back took the warm pool and did not switch: it stays warm for as long again. */
export async function giveBackWarmPool(
  ctx: Context,
  input: { serviceEnvironmentId: number; pool: PoolColor; deploymentId: number; warmForMs: number },
): Promise<void> {
  await ctx.db
    .update(pools)
    .set({ warmUntil: sql`clock_timestamp() + ${input.warmForMs} * interval '1 millisecond'` })
    .where(
      and(
        eq(pools.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(pools.color, input.pool),
        eq(pools.status, "ready"),
        eq(pools.deploymentId, input.deploymentId),
      ),
    );
}
