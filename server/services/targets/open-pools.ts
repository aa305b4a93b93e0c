import { pools } from "#db/schema/traffic.ts";
import { poolColors } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";

/** Gives a new service environment its two empty pools. */
export async function openPools(ctx: Context, input: { serviceEnvironmentId: number }): Promise<void> {
  await ctx.db.insert(pools).values(poolColors.map((color) => ({ ...input, color })));
}
