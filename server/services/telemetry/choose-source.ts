import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { requestCounts, requestHours, requestMinutes } from "#db/schema/telemetry.ts";
import { allRoutes } from "#server/domain/route-template.ts";
import { type SignalSource, signalSources } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";

/** The most trusted of the sources that counted anything from `from` on and before `to`; the router where none did. */
export async function chooseSource(
  ctx: Pick<Context, "db">,
  input: { serviceEnvironmentId: number; from: Date; to: Date },
): Promise<SignalSource> {
  const { serviceEnvironmentId, from, to } = input;
  const countedIn = (table: SQL) => sql`exists (
    select from ${table} as counts
    where service_environment_id = ${serviceEnvironmentId} and counts.source = sources.source
      and begins_at >= ${from.toISOString()}::timestamptz and begins_at < ${to.toISOString()}::timestamptz
  )`;
  const summedIn = (table: PgTable) => countedIn(sql`(select * from ${table} where route = ${allRoutes})`);
  const [row] = await ctx.db.execute<{ source: SignalSource }>(sql`
    select source from unnest(${sql.param([...signalSources])}::text[]) with ordinality as sources(source, place)
    where ${countedIn(sql`${requestCounts}`)} or ${summedIn(requestMinutes)} or ${summedIn(requestHours)}
    order by place limit 1`);
  return row?.source ?? "router";
}
