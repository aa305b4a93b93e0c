import { lt, sql } from "drizzle-orm";
import { mirrorCounts } from "#db/schema/mirror-counts.ts";
import type { Context } from "#server/kernel/context.ts";

/** Drops what was counted of copies longer ago than so many days. */
export async function dropOldMirrorCounts(ctx: Pick<Context, "db">, days: number): Promise<void> {
  const oldest = sql`clock_timestamp() - ${days} * interval '1 day'`;
  await ctx.db.delete(mirrorCounts).where(lt(mirrorCounts.beginsAt, oldest));
}
