import { type SQL, sql } from "drizzle-orm";
import { artifacts } from "#db/schema/releases.ts";

/** A condition on rows of `artifacts`: a release of it stands in a pool, or an instance of one has not ended. */
export function isRunning(): SQL {
  return sql`exists (
    select 1 from releases r where r.artifact_digest = ${artifacts.digest} and (
      exists (select 1 from pools p where p.release_id = r.id)
      or exists (select 1 from instances i where i.release_id = r.id and i.status <> 'ended')))`;
}

/**
 * A condition on rows of `artifacts`: it may be wanted at once. It runs, is younger than a day, belongs to one of the
 * service's newest releases or to one that can be switched back to, or a deployment that waits or runs is about it.
 */
export function isNeeded(keep: { newestReleases: number; releaseIds: readonly number[] }): SQL {
  const kept = sql`array[${sql.join([sql`-1`, ...keep.releaseIds.map((id) => sql`${id}`)], sql`, `)}]::bigint[]`;
  return sql`(${artifacts.createdAt} > clock_timestamp() - interval '1 day' or ${isRunning()} or exists (
    select 1 from releases r where r.artifact_digest = ${artifacts.digest} and (
      r.id = any(${kept})
      or r.number > coalesce((
        select n.number from releases n where n.service_id = r.service_id
        order by n.number desc offset ${keep.newestReleases} limit 1), 0)
      or exists (
        select 1 from deployments d join service_environments e on e.id = d.service_environment_id
        where d.status in ('queued', 'running') and e.service_id = r.service_id
          and (d.release_id = r.id or d.sha = r.sha)))))`;
}
