import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/kernel/context.ts";

/** Of so many deployments, the newest; of fewer than so many there is no usual one. */
const newest = 20;
const fewest = 3;

const rowsSchema = z.array(z.object({ id: z.coerce.number(), commits: z.number() }));

/** How many commits a deployment usually has, by service environment: the median of the newest. All of them without ids. */
export async function listUsualCommits(
  ctx: Pick<Context, "db">,
  serviceEnvironmentIds?: readonly number[],
): Promise<Map<number, number>> {
  const ids = JSON.stringify(serviceEnvironmentIds ?? null);
  const rows = await ctx.db.execute(sql`
    select service_environments.id, percentile_disc(0.5) within group (order by commits) as commits
    from service_environments cross join lateral (
      select commits from deployment_batches
      where service_environment_id = service_environments.id and commits is not null
      order by switched_at desc limit ${newest}) as batches
    where ${serviceEnvironmentIds === undefined ? sql`true` : sql`service_environments.id in (select id::bigint from jsonb_array_elements(${ids}::jsonb) as id)`}
    group by service_environments.id having count(*) >= ${fewest}`);
  return new Map(rowsSchema.parse([...rows]).map(({ id, commits }) => [id, commits]));
}
