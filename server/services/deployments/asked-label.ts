import { type SQL, sql } from "drizzle-orm";

/**
 * The label that a deployment's worker must have; null where any will do. A switch-back whose pool stands ready starts
 * nothing, so that it waits for no machine. `deployment` is a row of `deployments`, by its name in the query.
 */
export function askedLabel(deployment: SQL): SQL<string | null> {
  return sql<string | null>`(
    select case when ${deployment}.kind = 'switch-back' and exists (
        select from pools
        where pools.service_environment_id = asking.id and pools.status = 'ready' and pools.target = 'process'
          and pools.release_id = ${deployment}.release_id
          and pools.configuration_id is not distinct from ${deployment}.configuration_id)
      then null else asking.worker_label end
    from service_environments asking where asking.id = ${deployment}.service_environment_id)`;
}
