import type postgres from "postgres";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { packSlots } from "#server/domain/latency-slots.ts";

const services = 200;
const days = 30;
export const releaseCount = 50;
export const requestsOfService = 1_000_000_000;
const busyRoutes = 12;
const otherRoutes = 5;
/** As fine as they came, counts are there for the last hours alone: no chart asks for more. */
const rawHours = 6;
/** The others count in one of so many minutes, as small services do. */
const quietMinutes = 30;
const histograms = 200;

export interface Filled {
  serviceSlug: string;
  serviceEnvironmentId: number;
  /** By number, from 1 on: each was live for as long, the last one is. */
  releaseIds: number[];
  /** Of all that is stored, by table. */
  rows: Record<string, number>;
}

/** One busy service of two hundred, a month of counts and sums of all of them, up to now. Past the verbs. */
export async function fillCounts(sql: postgres.Sql): Promise<Filled> {
  const busy = await insertServiceEnvironment(sql, { service: "busy", environment: "production" });
  const places = [busy.serviceEnvironmentId];
  for (let number = 1; number < services; number += 1) {
    const name = { service: `quiet-${number}`, environment: "production" };
    places.push((await insertServiceEnvironment(sql, name)).serviceEnvironmentId);
  }
  await sql`update environments set is_production = true`;
  const releaseIds = await insertReleases(sql, busy);
  await makeHistograms(sql);
  for (let day = days; day >= 0; day -= 1)
    await sql`select open_counts(now() - ${day}::int * interval '1 day')`;
  for (let day = days; day > 0; day -= 1) await fillDay(sql, { day, places, releaseIds });
  await fillRaw(sql, { places, releaseIds });
  await sql`drop table histograms`;
  const rows: Record<string, number> = {};
  for (const table of ["request_counts", "request_minutes", "request_hours"]) {
    await sql`vacuum analyze ${sql(table)}`;
    const [counted] = await sql`select count(*)::int as rows from ${sql(table)}`;
    rows[table] = counted?.rows;
  }
  await sql`analyze`;
  return { serviceSlug: "busy", serviceEnvironmentId: busy.serviceEnvironmentId, releaseIds, rows };
}

async function insertReleases(sql: postgres.Sql, busy: TrafficRows): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    insert into releases (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
    select service_id, n, sha || n, subject, author_name, now(), '{}', artifact_digest
    from releases, generate_series(2, ${releaseCount}::int) as n where id = ${busy.releaseId} order by n returning id::int`;
  const ids = [busy.releaseId, ...rows.map(({ id }) => id)];
  await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
      previous_release_id, requested_by_name, requested_at, started_at, switched_at, finished_at)
    select ${busy.serviceEnvironmentId}, 'deploy', 'succeeded', sha, subject, 'Ada', id, lag(id) over (order by number), 'Ada',
      at, at, at, at
    from releases, lateral (
      select now() - ${days}::int * interval '1 day' * (1 - (number - 1) / ${releaseCount}::int::float8) as at
    ) as switched
    where id = any(${ids}::bigint[]) order by number`;
  return ids;
}

/** Of a hundred requests each, around 40 ms; what a row counts is a multiple of one of them. */
async function makeHistograms(sql: postgres.Sql): Promise<void> {
  const rows = Array.from({ length: histograms }, (_, id) => {
    const middle = 74 + 8 * Math.sin(id);
    const slots = Array.from({ length: 140 }, (_, slot) =>
      Math.round(9 * Math.exp(-((slot - middle) ** 2) / 40)),
    );
    return {
      id,
      latency: packSlots(slots.map((count, slot) => count + (slot > middle && slot % 9 === 0 ? 1 : 0))),
    };
  });
  await sql`create table histograms (id int primary key, latency numeric not null)`;
  await sql`insert into histograms ${sql(rows)}`;
}

type Filling = { places: number[]; releaseIds: number[] };

/** Minutes of a day, as they come in: all services of a minute beside each other. Hours are their sums. */
async function fillDay(
  sql: postgres.Sql,
  { day, places, releaseIds }: Filling & { day: number },
): Promise<void> {
  const perMinute = requestsOfService / (days * 24 * 60);
  const from = sql`now() - ${day}::int * interval '1 day'`;
  await sql.begin(async (transaction) => {
    // The rows are known to be right, and checking each takes longer than writing it.
    await transaction`set local session_replication_role = replica`;
    await transaction`
      insert into request_minutes (service_environment_id, source, route, begins_at, release_id, requests, client_errors,
        server_errors, aborted, strays, latency)
      select place, 'router', case route when 0 then '' else '/route/' || route end, minute, release, requests, requests / 50,
        requests / 200, 0, 0, latency * greatest(1, requests / 100)
      from generate_series(date_trunc('minute', ${from}), ${from} + interval '1 day' - interval '61 s', '1 min') as minute,
        unnest(${places}::bigint[]) with ordinality as all_places(place, number),
        lateral generate_series(0, case number when 1 then ${busyRoutes}::int else ${otherRoutes}::int end) as route,
        lateral (select
          -- Twice as many at the day's height as at its low, and half of a service's requests on its first route.
          floor((case number when 1 then ${perMinute}::float8 else 400 end)
            * (1 + sin(extract(epoch from minute) / 13750) / 3) / case route when 0 then 1 else 2 ^ least(route, 6) end
          )::bigint as requests,
          case number when 1 then (${releaseIds}::bigint[])[least(${releaseCount}::int, greatest(1, 1 + floor(
            extract(epoch from minute - now() + ${days}::int * interval '1 day') * ${releaseCount}::int / ${days * 86_400}::int)))::int]
            else place end as release
        ) as counted, histograms
      where histograms.id = (extract(minute from minute)::int * 7 + route * 13 + number) % ${histograms}::int
        and (number = 1 or (extract(minute from minute)::int + number) % ${quietMinutes}::int = 0) and requests > 0
      order by minute, number`;
    await transaction`
      insert into request_hours as known (service_environment_id, source, route, begins_at, release_id, requests, client_errors,
        server_errors, aborted, strays, latency)
      select service_environment_id, source, route, date_trunc('hour', begins_at), release_id, sum(requests), sum(client_errors),
        sum(server_errors), 0, 0, sum(latency)
      from request_minutes
      where begins_at >= date_trunc('minute', ${from}) and begins_at < date_trunc('minute', ${from} + interval '1 day')
      group by 1, 2, 3, 4, 5 order by 4, 1
      on conflict (service_environment_id, source, route, begins_at, release_id) do update set
        requests = known.requests + excluded.requests, client_errors = known.client_errors + excluded.client_errors,
        server_errors = known.server_errors + excluded.server_errors, latency = known.latency + excluded.latency`;
  });
}

async function fillRaw(sql: postgres.Sql, { places, releaseIds }: Filling): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`set local session_replication_role = replica`;
    await transaction`
      insert into request_counts (service_environment_id, source, begins_at, seconds, release_id, route, half, requests,
        client_errors, server_errors, aborted, strays, latency)
      select place, 'router', at, 10, case number when 1 then ${releaseIds.at(-1) ?? 0}::bigint else place end,
        '/route/' || route, half, 60, 1, 1, 0, 0, latency
      from generate_series(date_trunc('minute', now() - ${rawHours}::int * interval '1 hour'), now(), '10 s') as at,
        unnest(${places}::bigint[]) with ordinality as all_places(place, number),
        lateral generate_series(1, case number when 1 then ${busyRoutes}::int else ${otherRoutes}::int end) as route,
        generate_series(0, 1) as half, histograms
      where histograms.id = (extract(second from at)::int + route * 13 + number) % ${histograms}::int
        and (number = 1 or (extract(minute from at)::int + number) % ${quietMinutes}::int = 0)
      order by at, number`;
  });
}
