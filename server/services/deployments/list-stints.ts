import { sql } from "drizzle-orm";
import { z } from "zod";
import { deploymentKinds } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";

const moment = z.coerce.date().transform((at) => at.toISOString());
const rowsSchema = z.array(
  z.object({
    deploymentId: z.coerce.number(),
    serviceEnvironmentId: z.coerce.number(),
    kind: z.enum(deploymentKinds),
    /** The release that had the traffic before, and since when. */
    previous: z.object({ id: z.number(), number: z.number(), from: moment.nullable() }).nullable(),
    from: moment,
    /** Null while it goes on. */
    to: moment.nullable(),
  }),
);

/** A time in which a release had the traffic of a service environment, from the switch that brought it to the one that took it. */
export type Stint = z.output<typeof rowsSchema>[number];

const most = 50;

/** When a release had the traffic of these service environments, the latest first. */
export async function listStints(
  ctx: Pick<Context, "db">,
  release: { id: number; sha: string },
  serviceEnvironmentIds: number[],
): Promise<Stint[]> {
  const rows = await ctx.db.execute(sql`
    select brought.id as "deploymentId", brought.service_environment_id as "serviceEnvironmentId", brought.kind,
      brought.switched_at as "from", taken.switched_at as "to",
      case when previous.id is not null then
        json_build_object('id', previous.id, 'number', previous.number, 'from', given.switched_at)
      end as previous
    from deployments as brought
      left join releases as previous on previous.id = brought.previous_release_id
      left join lateral (
        select later.switched_at from deployments as later
        where later.service_environment_id = brought.service_environment_id
          and later.switched_at > brought.switched_at and later.release_id is distinct from brought.release_id
        order by later.switched_at limit 1
      ) as taken on true
      left join lateral (
        select earlier.switched_at from deployments as earlier
        where earlier.service_environment_id = brought.service_environment_id and earlier.switched_at < brought.switched_at
          and earlier.release_id = previous.id and earlier.previous_release_id is distinct from earlier.release_id
        order by earlier.switched_at desc limit 1
      ) as given on true
    where brought.service_environment_id = any(${sql.param(serviceEnvironmentIds)}::bigint[]) and brought.sha = ${release.sha}
      and brought.release_id = ${release.id} and brought.switched_at is not null
      -- A restart, say, brings nothing else.
      and brought.previous_release_id is distinct from brought.release_id
    order by brought.switched_at desc limit ${most}`);
  return rowsSchema.parse([...rows]);
}
