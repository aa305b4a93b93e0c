import { sql } from "drizzle-orm";
import { z } from "zod";
import { routerName } from "#db/router-name.ts";
import type { Context } from "#server/kernel/context.ts";

const rowsSchema = z.array(
  z.object({
    name: z.string(),
    generation: z.coerce.number(),
    openToOldPools: z.number(),
    openRequests: z.number(),
  }),
);

/** `generation` is -1 where the router has acknowledged nothing yet. */
export type RouterProgress = z.output<typeof rowsSchema>[number];

/** How far each registered router is with one service environment. */
export async function readRouterProgress(
  ctx: Pick<Context, "db">,
  serviceEnvironmentId: number,
): Promise<RouterProgress[]> {
  const rows = await ctx.db.execute(sql`
    select ${routerName} as name,
      coalesce(done.generation, -1) as generation,
      coalesce(done.open_to_old_pools, 0) as "openToOldPools",
      coalesce(done.open_requests, 0) as "openRequests"
    from routers
    left join router_acknowledgements as done
      on done.router_id = routers.id and done.service_environment_id = ${serviceEnvironmentId}
    order by routers.started_at, routers.id
  `);
  return rowsSchema.parse([...rows]);
}
