import { lt, sql } from "drizzle-orm";
import { counters } from "#db/schema/telemetry.ts";
import type { Context } from "#server/kernel/context.ts";

export interface KeptDays {
  /** For so many days counts are kept as fine as they came, by the minute, and by the hour. */
  counts: number;
  minutes: number;
  hours: number;
}

/** Longer than any counter repeats a batch. */
const forgetCountersAfterDays = 3;

/** Makes room for the counts of the days to come, and drops those that are older. */
export async function keepCounts(
  ctx: Pick<Context, "db">,
  days: KeptDays,
): Promise<{ droppedPartitions: number }> {
  const [row] = await ctx.db.execute<{ dropped: number }>(
    sql`select keep_counts(${days.counts}::int, ${days.minutes}::int, ${days.hours}::int) as dropped`,
  );
  await ctx.db
    .delete(counters)
    .where(lt(counters.heardAt, sql`clock_timestamp() - ${forgetCountersAfterDays} * interval '1 day'`));
  return { droppedPartitions: row?.dropped ?? 0 };
}
