import { lt, sql } from "drizzle-orm";
import { counters } from "#db/schema/telemetry.ts";
import type { KeptDays } from "#server/domain/count-steps.ts";
import type { Context } from "#server/kernel/context.ts";
import { forgetErrorGroups } from "./forget-error-groups.ts";

/** Longer than any counter repeats a batch. */
const forgetCountersAfterDays = 3;

/** Makes room for the counts of the days to come, and drops those that are older. */
export async function keepCounts(
  ctx: Pick<Context, "db">,
  days: KeptDays,
): Promise<{ droppedPartitions: number }> {
  for (const ahead of [0, 1]) {
    await ctx.db.execute(sql`select open_counts(clock_timestamp() + ${ahead} * interval '1 day')`);
  }
  await forgetErrorGroups(ctx, days.minutes);
  let droppedPartitions = 0;
  while (await dropOldest(ctx, days)) droppedPartitions += 1;
  await ctx.db
    .delete(counters)
    .where(lt(counters.heardAt, sql`clock_timestamp() - ${forgetCountersAfterDays} * interval '1 day'`));
  return { droppedPartitions };
}

async function dropOldest(ctx: Pick<Context, "db">, { counts, minutes, hours }: KeptDays): Promise<boolean> {
  const [row] = await ctx.db.execute<{ dropped: boolean }>(
    sql`select drop_old_counts(${counts}::int, ${minutes}::int, ${hours}::int) as dropped`,
  );
  return row?.dropped ?? false;
}
