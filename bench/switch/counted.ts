import type postgres from "postgres";
import type { TrafficRows } from "#db/testing/traffic-rows.ts";
import type { PoolColor } from "#server/domain/pools.ts";

/** A release of its own in each of the two pools, so that what is counted can be told apart. */
export async function standReleases(sql: postgres.Sql, rows: TrafficRows): Promise<void> {
  await sql`
    with other as (
      insert into releases (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
      select service_id, number + 1, sha || 'x', subject, author_name, now(), '{}', artifact_digest
      from releases where id = ${rows.releaseId} returning id
    ) update pools set release_id = case color when 'blue' then ${rows.releaseId}::bigint else other.id end
    from other where service_environment_id = ${rows.serviceEnvironmentId} and color in ('blue', 'green')`;
}

/** What the router says that it passed on to each pool of that which clients count: `/work` and `/slow`. */
export async function readCounted(sql: postgres.Sql, rows: TrafficRows): Promise<Record<string, number>> {
  const counted = await sql<{ pool: PoolColor; requests: number }[]>`
    select pools.color as pool, sum(requests)::int as requests
    from request_counts join pools using (service_environment_id, release_id)
    where service_environment_id = ${rows.serviceEnvironmentId} and route in ('/work', '/slow')
    group by pools.color`;
  return Object.fromEntries(counted.map(({ pool, requests }) => [pool, requests]));
}
