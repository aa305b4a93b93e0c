import { type SQL, sql } from "drizzle-orm";
import { requestCounts, requestHours, requestMinutes } from "#db/schema/telemetry.ts";
import type { Grain } from "#server/domain/count-steps.ts";
import { allRoutes } from "#server/domain/route-template.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";

export interface CountedPlace {
  serviceEnvironmentId: number;
  source: SignalSource;
  releaseIds: number[];
}

/** When minutes and hours are summed at the latest, as long as a monitor runs. */
const minutesSettleMs = 2 * 60_000;
const hoursSettleMs = 10 * 60_000;
const [minuteMs, hourMs] = [60_000, 3_600_000];

/**
 * Rows with `begins_at`, `release_id`, `route`, `requests`, `server_errors` and `latency` of buckets that begin in a range of
 * time: as coarse as the grain, and finer where what was counted is too young to be summed. One row or many for each time.
 */
export function sumsBetween(
  place: CountedPlace,
  range: { from: Date; to: Date; grain: Grain; routes: "all" | "each" },
  now: Date,
): SQL {
  const { grain } = range;
  const [from, to] = [range.from.getTime(), range.to.getTime()];
  const settled = (ms: number, unit: number) => Math.floor((now.getTime() - ms) / unit) * unit;
  const within = (ms: number) => Math.min(to, Math.max(from, ms));
  const hoursEnd = grain === "hours" ? within(settled(hoursSettleMs, hourMs)) : from;
  const minutesEnd =
    grain === "counts" ? from : Math.max(hoursEnd, within(settled(minutesSettleMs, minuteMs)));
  const sums = range.routes === "all" ? sql`route = ${allRoutes}` : sql`route <> ${allRoutes}`;
  const parts = [
    part(place, { table: sql`${requestHours}`, from, to: hoursEnd, where: sums }),
    part(place, { table: sql`${requestMinutes}`, from: hoursEnd, to: minutesEnd, where: sums }),
    part(place, { table: sql`${requestCounts}`, from: minutesEnd, to, where: sql`true` }),
  ];
  return sql.join(
    parts.filter((one) => one !== null),
    sql` union all `,
  );
}

function part(
  { serviceEnvironmentId, source, releaseIds }: CountedPlace,
  { table, from, to, where }: { table: SQL; from: number; to: number; where: SQL },
): SQL | null {
  if (from >= to) return null;
  return sql`
    select begins_at, release_id, route, requests::bigint, server_errors::bigint, latency from ${table}
    where service_environment_id = ${serviceEnvironmentId} and source = ${source} and ${where}
      and release_id = any(${sql.param(releaseIds)}::bigint[])
      and begins_at >= ${new Date(from).toISOString()}::timestamptz
      and begins_at < ${new Date(to).toISOString()}::timestamptz`;
}
