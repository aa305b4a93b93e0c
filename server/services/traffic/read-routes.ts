import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/kernel/context.ts";
import { type Route, routeSchema } from "./route.ts";

/** So long after a switch requests are counted by the second. */
const watchedForMinutes = 30;

const rowsSchema = z.array(z.object({ route: routeSchema }));

/** The routes of every service environment, or of one; one statement, so that pointer and instances agree. */
export async function readRoutes(ctx: Pick<Context, "db">, serviceEnvironmentId?: number): Promise<Route[]> {
  const only =
    serviceEnvironmentId === undefined
      ? sql`true`
      : sql`pointers.service_environment_id = ${serviceEnvironmentId}`;
  const rows = await ctx.db.execute(
    sql`${selectRoutes(sql`pointers`)} where ${only} order by pointers.service_environment_id`,
  );
  return rowsSchema.parse([...rows]).map((row) => row.route);
}

/** A select of one column `route`, for the rows of `source`: the table `pointers` or rows like its own. */
export function selectRoutes(source: SQL): SQL {
  return sql`
    select jsonb_build_object(
      'serviceEnvironmentId', pointers.service_environment_id,
      'serviceSlug', services.slug,
      'environmentSlug', environments.slug,
      'generation', pointers.generation,
      'livePool', pointers.live_pool,
      'candidatePool', pointers.candidate_pool,
      'candidateShare', pointers.candidate_share,
      'candidateSticky', pointers.candidate_sticky,
      'heldUntilMs', extract(epoch from pointers.held_until) * 1000,
      'drainUntilMs', extract(epoch from pointers.drain_until) * 1000,
      'mirror', pointers.mirror,
      'isWatched', exists (
        select from deployments
        where deployments.service_environment_id = pointers.service_environment_id
          and (deployments.status = 'running'
            or deployments.switched_at > clock_timestamp() - ${watchedForMinutes} * interval '1 minute')
      ) or exists (
        select from incidents
        where incidents.service_environment_id = pointers.service_environment_id
          and incidents.state in ('suspected', 'open', 'mitigated')
      ),
      'releases', (
        select jsonb_object_agg(pools.color, pools.release_id) from pools
        where pools.service_environment_id = pointers.service_environment_id
      ),
      'isElsewhere', exists (
        select from pools
        where pools.service_environment_id = pointers.service_environment_id
          and pools.color = pointers.live_pool and pools.target <> 'process'
      ),
      'ready', (
        select coalesce(jsonb_agg(jsonb_build_object('color', color, 'deploymentId', deployment_id)), '[]')
        from pools
        where pools.service_environment_id = pointers.service_environment_id and status = 'ready'
      ),
      'pools', healthy.pools
    ) as route
    from ${source} as pointers
    join service_environments on service_environments.id = pointers.service_environment_id
    join services on services.id = service_environments.service_id
    join environments on environments.id = service_environments.environment_id
    cross join lateral (
      select coalesce(jsonb_object_agg(pool, addresses), '{}') as pools
      from (
        select pool, jsonb_agg(jsonb_build_object('host', host, 'port', port) order by id) as addresses
        from instances
        where instances.service_environment_id = pointers.service_environment_id and status = 'healthy'
        group by pool
      ) as by_pool
    ) as healthy`;
}
