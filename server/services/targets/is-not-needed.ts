import { type SQL, sql } from "drizzle-orm";
import { pools } from "#db/schema/traffic.ts";

/** While the live release is known bad, what stands warm and is not known bad stays, however long it has stood. */
export function isNotNeeded(): SQL {
  return sql`(
    exists (select 1 from releases where releases.id = ${pools.releaseId} and releases.bad_since is not null)
    or not exists (
      select 1 from pointers
      join pools live on live.service_environment_id = pointers.service_environment_id
        and live.color = pointers.live_pool
      join releases on releases.id = live.release_id
      where pointers.service_environment_id = ${pools.serviceEnvironmentId} and releases.bad_since is not null))`;
}
