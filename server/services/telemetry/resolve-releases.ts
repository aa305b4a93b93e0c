import { sql } from "drizzle-orm";
import { z } from "zod";
import { releaseName } from "#server/domain/release-name.ts";
import type { Context } from "#server/kernel/context.ts";

export interface ToldVersion {
  serviceEnvironmentId: number;
  /** As the service calls its release; empty where it does not say. */
  version: string;
}

export interface ResolvedVersion extends ToldVersion {
  /** What is live where none was named; 0 where none is known by that name. */
  releaseId: number;
  /** Whether somebody watches a release there: then seconds are told apart. */
  isWatched: boolean;
}

const rowsSchema = z.array(
  z.object({
    serviceEnvironmentId: z.coerce.number(),
    version: z.string(),
    releaseId: z.coerce.number(),
    isWatched: z.boolean(),
  }),
);

/** Which releases services mean. Those whose service environment is gone are left out. */
export async function resolveReleases(
  ctx: Pick<Context, "db">,
  versions: readonly ToldVersion[],
): Promise<ResolvedVersion[]> {
  const told = versions.map(({ serviceEnvironmentId, version }) => ({
    ...{ serviceEnvironmentId, version },
    ...releaseName(version),
  }));
  const rows = await ctx.db.execute(sql`
    select place.id as "serviceEnvironmentId", told.version,
      coalesce(case when told.version = '' then live.release_id else named.id end, 0) as "releaseId",
      exists (
        select from health_reviews where service_environment_id = place.id and state = 'open'
      ) as "isWatched"
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb)
        as told("serviceEnvironmentId" bigint, version text, number integer, sha text)
      join service_environments place on place.id = told."serviceEnvironmentId"
      left join lateral (
        select pools.release_id from pointers
          join pools on pools.service_environment_id = pointers.service_environment_id and pools.color = pointers.live_pool
        where pointers.service_environment_id = place.id
      ) live on true
      left join lateral (
        select id from releases
        where service_id = place.service_id and (releases.number = told.number or starts_with(releases.sha, told.sha))
        order by releases.number = told.number desc nulls last, id desc limit 1
      ) named on true`);
  return rowsSchema.parse([...rows]);
}
