import { sql } from "drizzle-orm";
import { z } from "zod";
import { insightCounts, insightMarks } from "#db/schema/insights.ts";
import { insightMeasures } from "#server/domain/insight-counts.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { daysTable, type PlaceDay, remediedChange, slotOfThing, thingsOf, words } from "./day-counts.ts";

/**
 * This room owns what is told of a team's deployments over time. It adds up days of which something was told since they
 * were added up last, so that every question is answered from few rows; what it adds up stands with whoever tells it.
 */

/** Also in the trigger that marks what a removed service leaves behind. */
const advisoryLock = 7_202_633;
const mostMarks = 5_000;

interface Whole {
  environment: number;
  day: string;
}

const marksSchema = z.array(
  z.object({
    place: z.coerce.number().nullable(),
    environment: z.coerce.number().nullable(),
    day: z.string(),
  }),
);
const placesSchema = z.array(
  z.object({ place: z.coerce.number(), environment: z.coerce.number(), day: z.string() }),
);

/**
 * Adds up the oldest of the marked days anew, from what stands there now. Several monitors may do so: one at a time does.
 * Resolves with how many marks it took; 0 where there is none, or another is at it.
 */
export function rollUp(ctx: Context, limit: number = mostMarks): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    const [lock] = await ctx.db.execute(sql`select pg_try_advisory_xact_lock(${advisoryLock}) as held`);
    if (lock?.held !== true) return 0;
    const { taken, marks } = await takeMarks(ctx, limit);
    if (taken === 0) return 0;
    const days = await placeDays(ctx, marks);
    await addUpDays(ctx, days);
    await addUpMonths(ctx, days);
    const wholes = [
      ...days.map(({ environment, day }) => ({ environment, day })),
      ...marks.flatMap(({ environment, day }) => (environment === null ? [] : [{ environment, day }])),
    ];
    await addUpWholes(ctx, wholes, "day");
    await addUpWholes(ctx, monthsOf(wholes), "month");
    return taken;
  });
}

async function takeMarks(ctx: Context, limit: number) {
  const rows = await ctx.db.execute(sql`
    with taken as (
      delete from ${insightMarks} where id in (select id from insight_marks order by id limit ${limit})
      returning service_environment_id, environment_id, day)
    select service_environment_id as place, environment_id as environment, day::text, count(*)::int as marks
    from taken group by 1, 2, 3`);
  const taken = rows.reduce((sum, row) => sum + Number(row.marks), 0);
  return { taken, marks: marksSchema.parse([...rows]) };
}

/** Those of places that are still there, and the days whose changes a remedy on one of them took away. */
async function placeDays(ctx: Context, marks: z.output<typeof marksSchema>) {
  const marked = marks.flatMap(({ place, day }) => (place === null ? [] : [{ place, day }]));
  const rows = await ctx.db.execute(sql`
    with ${daysTable(marked)}, all_of_them as (
      select place, day from days
      union
      select place, (failed.switched_at at time zone 'UTC')::date
      from days cross join lateral (
          select * from deployments
          where service_environment_id = place and switched_at >= begins_at and switched_at < ends_at
            and kind in ('switch-back','roll-forward') offset 0) as remedy
        cross join lateral (${remediedChange}) as failed)
    select place, environment_id as environment, day::text
    from all_of_them join service_environments on service_environments.id = place`);
  return placesSchema.parse([...rows]);
}

async function addUpDays(ctx: Context, days: readonly (PlaceDay & Whole)[]): Promise<void> {
  await ctx.db.execute(sql`
    with ${daysTable(days)}
    delete from insight_counts using days
    where service_environment_id = place and level = 'day' and measure in (${words(insightMeasures)}) and begins_on = day`);
  await ctx.db.execute(sql`
    with ${thingsOf(days)}
    insert into ${insightCounts} (environment_id, service_environment_id, level, begins_on, measure, size, slot, count, total_ms)
    select environment_id, place, 'day', day, measure, size, ${slotOfThing} as slot, count(*), coalesce(sum(duration_ms), 0)
    from things join service_environments on service_environments.id = place
    group by environment_id, place, day, measure, size, slot`);
}

async function addUpMonths(ctx: Context, days: readonly PlaceDay[]): Promise<void> {
  const months = sql`
    with ${daysTable(days)}, months as (select distinct place, date_trunc('month', day)::date as month from days)`;
  await ctx.db.execute(sql`${months}
    delete from insight_counts using months
    where service_environment_id = place and level = 'month' and measure in (${words(insightMeasures)}) and begins_on = month`);
  await ctx.db.execute(sql`${months}
    insert into ${insightCounts} (environment_id, service_environment_id, level, begins_on, measure, size, slot, count, total_ms)
    select service_environments.environment_id, place, 'month', month, measure, size, slot, sum(count), sum(total_ms)
    from months join service_environments on service_environments.id = place cross join lateral (
      select * from insight_counts
      where service_environment_id = place and level = 'day' and measure in (${words(insightMeasures)})
        and begins_on >= month and begins_on < (month + interval '1 month')::date offset 0) as counts
    group by service_environments.environment_id, place, month, measure, size, slot`);
}

/** All services of an environment together, in these days or months. */
async function addUpWholes(ctx: Context, wholes: readonly Whole[], level: "day" | "month"): Promise<void> {
  const given = sql`
    with wholes as (
      select distinct environment, day
      from jsonb_to_recordset(${JSON.stringify(wholes)}::jsonb) as given (environment bigint, day date))`;
  await ctx.db.execute(sql`${given}
    delete from insight_counts using wholes
    where service_environment_id is null and environment_id = environment and level = ${level}
      and measure in (${words(insightMeasures)}) and begins_on = day`);
  await ctx.db.execute(sql`${given}
    insert into ${insightCounts} (environment_id, level, begins_on, measure, size, slot, count, total_ms)
    select environment, ${level}, day, measure, size, slot, sum(count), sum(total_ms)
    from wholes join service_environments on service_environments.environment_id = environment
      cross join lateral (
        select * from insight_counts
        where service_environment_id = service_environments.id and level = ${level}
          and measure in (${words(insightMeasures)}) and begins_on = day offset 0) as counts
    group by environment, day, measure, size, slot`);
}

function monthsOf(wholes: readonly Whole[]): Whole[] {
  return wholes.map(({ environment, day }) => ({ environment, day: `${day.slice(0, 7)}-01` }));
}
