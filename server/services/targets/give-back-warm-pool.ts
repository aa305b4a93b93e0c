import { and, eq, sql } from "drizzle-orm";
import { pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";

/** The deployment that took the pool did not switch: what is ready in it stays warm for so long. False where nothing is. */
export async function giveBackWarmPool(
  ctx: Context,
  input: { serviceEnvironmentId: number; pool: PoolColor; deploymentId: number; warmForMs: number },
): Promise<boolean> {
  const rows = await ctx.db
    .update(pools)
    .set({ warmUntil: sql`clock_timestamp() + ${input.warmForMs} * interval '1 millisecond'` })
    .where(
      and(
        eq(pools.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(pools.color, input.pool),
        eq(pools.status, "ready"),
        eq(pools.deploymentId, input.deploymentId),
      ),
    )
    .returning({ color: pools.color });
  return rows.length > 0;
}
