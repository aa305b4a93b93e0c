import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { type PoolColor, poolColors } from "#server/domain/pools.ts";

/** The rows that must exist before traffic can be routed, written past the verbs that make them one by one. */
export interface TrafficRows {
  serviceEnvironmentId: number;
  releaseId: number;
  workerId: number;
}

export async function insertServiceEnvironment(
  sql: postgres.Sql,
  slugs: { service: string; environment: string },
): Promise<TrafficRows> {
  const environmentId = await idOf(sql`
    insert into environments (slug, name, position)
    values (${slugs.environment}, ${slugs.environment}, (select coalesce(max(position), 0) + 1 from environments))
    on conflict (slug) do update set name = excluded.name returning id`);
  const serviceId = await idOf(sql`
    insert into services (slug, name, repository_url, default_branch)
    values (${slugs.service}, ${slugs.service}, 'file:///nowhere', 'main')
    on conflict (slug) do update set name = excluded.name returning id`);
  const serviceEnvironmentId = await idOf(sql`
    insert into service_environments (service_id, environment_id)
    values (${serviceId}, ${environmentId}) returning id`);
  for (const color of poolColors) {
    await sql`insert into pools (service_environment_id, color) values (${serviceEnvironmentId}, ${color})`;
  }
  await sql`insert into pointers (service_environment_id) values (${serviceEnvironmentId})`;
  const digest = randomUUID();
  await sql`insert into artifacts (digest, bytes, file_count) values (${digest}, 1, 1)`;
  const releaseId = await idOf(sql`
    insert into releases
      (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
    values (
      ${serviceId}, (select count(*) + 1 from releases where service_id = ${serviceId}), ${digest},
      'First', 'Ada', now(), '{}', ${digest}
    ) returning id`);
  const workerId = await idOf(sql`
    insert into workers (name, host, pid, capacity) values (${randomUUID()}, 'localhost', 1, 1) returning id`);
  return { serviceEnvironmentId, releaseId, workerId };
}

/** The next release of the service. */
export async function insertRelease(
  sql: postgres.Sql,
  { releaseId }: Pick<TrafficRows, "releaseId">,
): Promise<number> {
  return await idOf(sql`
    insert into releases (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
    select service_id, number + 1, sha || 'x', subject, author_name, now(), '{}', artifact_digest
    from releases where id = ${releaseId} returning id`);
}

/** Has the release stand in the pool. */
export async function standIn(
  sql: postgres.Sql,
  { serviceEnvironmentId }: Pick<TrafficRows, "serviceEnvironmentId">,
  { pool, releaseId }: { pool: PoolColor; releaseId: number },
): Promise<void> {
  await sql`update pools set release_id = ${releaseId}
    where service_environment_id = ${serviceEnvironmentId} and color = ${pool}`;
}

export async function insertInstance(
  sql: postgres.Sql,
  rows: TrafficRows,
  instance: { pool: PoolColor; port: number; host?: string; status?: string },
): Promise<number> {
  return await idOf(sql`
    insert into instances
      (service_environment_id, pool, release_id, worker_id, status, host, port, output_file)
    values (
      ${rows.serviceEnvironmentId}, ${instance.pool}, ${rows.releaseId}, ${rows.workerId},
      ${instance.status ?? "healthy"}, ${instance.host ?? "127.0.0.1"}, ${instance.port}, 'none'
    ) returning id`);
}

async function idOf(query: postgres.PendingQuery<postgres.Row[]>): Promise<number> {
  const [row] = await query;
  return Number(row?.id);
}
