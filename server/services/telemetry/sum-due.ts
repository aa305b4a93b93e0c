import { type SQL, sql } from "drizzle-orm";
import { requestCounts, requestHours, requestMinutes, sumsDue } from "#db/schema/telemetry.ts";
import { allRoutes, mostRoutes, otherRoutes } from "#server/domain/route-template.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";

/** Of minutes, or of hours, that are summed at once. */
const mostAtOnce = 200;
/** An hour that goes on is summed now and then, not with each of its minutes. */
const sumHourAfterSeconds = 300;

/** A minute or an hour of a source in a service environment. */
interface Stretch {
  place: number;
  source: string;
  /** ISO 8601. */
  begins: string;
}

/**
 * Sums what was counted since the last time by the minute, and minutes by the hour, each anew as a whole: what is told late
 * is in it, and nothing twice. Several monitors may do so at once.
 */
export async function sumDue(ctx: Context): Promise<void> {
  while ((await sumMinutes(ctx)) === mostAtOnce);
  while ((await sumHours(ctx)) === mostAtOnce);
}

function sumMinutes(ctx: Context): Promise<number> {
  return inTransaction(ctx, async (transaction) => {
    const due = await take(transaction, 60);
    if (due.length === 0) return 0;
    await replace(transaction, due, {
      table: sql`${requestMinutes}`,
      of: sql`${requestCounts}`,
      seconds: 60,
    });
    await transaction.db.execute(sql`
      insert into ${sumsDue} as known (service_environment_id, source, seconds, begins_at, due_at)
      select distinct place, source, 3600, date_trunc('hour', begins, 'UTC'),
        now() + ${sumHourAfterSeconds} * interval '1 second'
      from ${stretches(due)} order by 1, 2, 4
      on conflict (service_environment_id, source, seconds, begins_at) do update set due_at = known.due_at`);
    return due.length;
  });
}

function sumHours(ctx: Context): Promise<number> {
  return inTransaction(ctx, async (transaction) => {
    const due = await take(transaction, 3_600);
    if (due.length === 0) return 0;
    const of = sql`(select * from ${requestMinutes} where route <> ${allRoutes})`;
    await replace(transaction, due, { table: sql`${requestHours}`, of, seconds: 3_600 });
    return due.length;
  });
}

/**
 * Those that are due, but not those that somebody counts in right now. What is read after this statement has all that was
 * counted before it; whoever counts in one of them later waits, and has it summed again.
 */
async function take(ctx: Context, seconds: number): Promise<Stretch[]> {
  const rows = await ctx.db.execute<{ place: string; source: string; begins: string }>(sql`
    delete from ${sumsDue} where (service_environment_id, source, seconds, begins_at) in (
      select service_environment_id, source, seconds, begins_at from ${sumsDue}
      where seconds = ${seconds} and due_at <= clock_timestamp()
      order by due_at limit ${mostAtOnce} for update skip locked
    )
    returning service_environment_id as place, source, to_json(begins_at) #>> '{}' as begins`);
  return [...rows].map(({ place, source, begins }) => ({ place: Number(place), source, begins }));
}

const stretches = (due: Stretch[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(due)}::jsonb) as due(place bigint, source text, begins timestamptz)`;

async function replace(
  ctx: Context,
  due: Stretch[],
  { table, of, seconds }: { table: SQL; of: SQL; seconds: number },
): Promise<void> {
  await ctx.db.execute(sql`
    delete from ${table} as known using ${stretches(due)}
    where known.service_environment_id = place and known.source = due.source and known.begins_at = begins`);
  const sums = sql`sum(requests) as requests, sum(client_errors) as client_errors, sum(server_errors) as server_errors,
    sum(aborted) as aborted, sum(strays) as strays, sum(latency) as latency`;
  await ctx.db.execute(sql`
    with counted as (
      select place, due.source, begins, release_id, coalesce(nullif(route, ${allRoutes}), ${otherRoutes}) as route, ${sums}
      from ${stretches(due)} join ${of} as counts on counts.service_environment_id = place and counts.source = due.source
        and begins_at >= begins and begins_at < begins + ${seconds} * interval '1 second'
      group by 1, 2, 3, 4, 5
    ), ranked as (
      select *, row_number() over (
        partition by place, source, begins, release_id order by route = ${otherRoutes}, requests desc, route
      ) as rank
      from counted
    ), by_route as (
      select place, source, begins, release_id, case when rank > ${mostRoutes} then ${otherRoutes} else route end as route, ${sums}
      from ranked group by 1, 2, 3, 4, 5
    )
    insert into ${table} (service_environment_id, source, begins_at, release_id, route, requests, client_errors, server_errors,
      aborted, strays, latency)
    select * from by_route
    union all
    select place, source, begins, release_id, ${allRoutes}, ${sums} from counted group by 1, 2, 3, 4`);
}
