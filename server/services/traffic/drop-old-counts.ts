import { lt, sql } from "drizzle-orm";
import { mirrorCounts, trafficCounts } from "#db/schema/traffic-counts.ts";
import type { Context } from "#server/kernel/context.ts";

/** Drops what was counted longer ago than so many days. */
export async function dropOldCounts(ctx: Pick<Context, "db">, days: number): Promise<void> {
  const oldest = sql`clock_timestamp() - ${days} * interval '1 day'`;
  await ctx.db.delete(trafficCounts).where(lt(trafficCounts.beginsAt, oldest));
  await ctx.db.delete(mirrorCounts).where(lt(mirrorCounts.beginsAt, oldest));
}
