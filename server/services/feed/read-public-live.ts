import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/kernel/context.ts";

const schema = z.array(
  z.object({
    service: z.object({ slug: z.string(), name: z.string() }),
    environment: z.object({ slug: z.string(), name: z.string() }),
    /** Null where nothing is live. */
    release: z.number().nullable(),
    since: z.coerce
      .date()
      .nullable()
      .transform((at) => at?.toISOString() ?? null),
  }),
);
export type PublicLive = z.infer<typeof schema>[number];

/** What is live of public services where it is shown, by their names; `asked` narrows it to a service, a place, or so many. */
export async function readPublicLive(
  ctx: Context,
  asked: { serviceSlug?: string | undefined; environmentSlug?: string; limit?: number } = {},
): Promise<PublicLive[]> {
  const { serviceSlug, environmentSlug, limit } = asked;
  const rows = await ctx.db.execute(sql`
    select jsonb_build_object('slug', services.slug, 'name', services.name) as service,
      jsonb_build_object('slug', environments.slug, 'name', environments.name) as environment,
      releases.number as release,
      case when releases.id is not null then coalesce(deployments.switched_at, pointers.changed_at) end as since
    from services
      join service_environments on service_environments.service_id = services.id
      join environments on environments.id = service_environments.environment_id
      left join pointers on pointers.service_environment_id = service_environments.id
      left join pools
        on pools.service_environment_id = service_environments.id and pools.color = pointers.live_pool
      left join releases on releases.id = pools.release_id
      left join deployments on deployments.id = pools.deployment_id
    where services.is_public and services.removal_requested_at is null and environments.is_shown
      and ${serviceSlug === undefined ? sql`true` : sql`services.slug = ${serviceSlug}`}
      and ${environmentSlug === undefined ? sql`true` : sql`environments.slug = ${environmentSlug}`}
    order by lower(services.name), services.slug, environments.position
    limit ${limit ?? null}`);
  return schema.parse([...rows]);
}
