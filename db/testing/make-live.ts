import type { TestDatabase } from "./database.ts";

/**
 * As a worker leaves it: a succeeded deployment of a release (made where it is missing) with its steps, its pool ready
 * with one healthy instance, the pointer moved. Pools alternate.
 */
export async function makeLive(
  { client: { sql } }: TestDatabase,
  input: { service: string; environment: string; sha: string; number: number; minutesAgo?: number },
): Promise<{ deploymentId: number; serviceEnvironmentId: number }> {
  const { service, environment, sha, number, minutesAgo = 0 } = input;
  const digest = sha.padEnd(64, "0");
  await sql`insert into artifacts (digest, bytes, file_count) values (${digest}, 1, 1) on conflict do nothing`;
  await sql`insert into releases
      (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
    select id, ${number}, ${sha}, 'It', 'Ada', now(), '{"release": {"start": "node server.js"}}', ${digest}
    from services where slug = ${service} on conflict do nothing`;
  const [place] = await sql`
    select se.id::int, r.id::int as release, case p.live_pool when 'blue' then 'green' else 'blue' end as pool
    from service_environments se join environments e on e.id = se.environment_id
      join services s on s.id = se.service_id join releases r on r.service_id = s.id and r.sha = ${sha}
      join pointers p on p.service_environment_id = se.id
    where s.slug = ${service} and e.slug = ${environment}`;
  const { id: serviceEnvironmentId, release, pool } = place ?? {};
  const at = sql`now() - ${minutesAgo} * interval '1 minute'`;
  const [deployment] = await sql`insert into deployments
      (service_environment_id, kind, status, sha, subject, author_name, release_id, pool, requested_by_name,
       requested_at, started_at, switched_at, finished_at)
    values (${serviceEnvironmentId}, 'deploy', 'succeeded', ${sha}, 'It', 'Ada', ${release}, ${pool}, 'Ada',
      ${at}, ${at}, ${at}, ${at}) returning id::int`;
  await sql`insert into steps (deployment_id, position, name, status)
    values (${deployment?.id}, 1, 'verify', 'succeeded')`;
  await sql`update pools set status = 'ready', release_id = ${release}, deployment_id = ${deployment?.id}
    where service_environment_id = ${serviceEnvironmentId} and color = ${pool}`;
  await sql`update pointers set live_pool = ${pool}, generation = generation + 1
    where service_environment_id = ${serviceEnvironmentId}`;
  await sql`insert into workers (name, host, pid, capacity) values ('live', 'here', 1, 1) on conflict do nothing`;
  await sql`insert into instances (service_environment_id, pool, release_id, worker_id, status, host, port, output_file)
    select ${serviceEnvironmentId}, ${pool}, ${release}, id, 'healthy', 'here', 1, 'none' from workers where name = 'live'`;
  return { deploymentId: deployment?.id, serviceEnvironmentId };
}
