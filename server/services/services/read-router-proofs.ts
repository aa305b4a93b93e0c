import { and, asc, eq, sql } from "drizzle-orm";
import { routerName } from "#db/router-name.ts";
import { routerAcknowledgements, routers } from "#db/schema/traffic.ts";
import type { RouterProof } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";

/** What each registered router has acknowledged for a service environment, against the pointer's generation. */
export async function readRouterProofs(
  ctx: Context,
  input: { serviceEnvironmentId: number; generation: number },
): Promise<RouterProof[]> {
  const rows = await ctx.db
    .select({
      routerId: routers.id,
      name: routerName,
      isAlive: sql<boolean>`${routers.heartbeatAt} > clock_timestamp() - interval '10 seconds'`,
      done: routerAcknowledgements,
    })
    .from(routers)
    .leftJoin(
      routerAcknowledgements,
      and(
        eq(routerAcknowledgements.routerId, routers.id),
        eq(routerAcknowledgements.serviceEnvironmentId, input.serviceEnvironmentId),
      ),
    )
    .orderBy(asc(routers.startedAt), asc(routers.id));
  return rows.map(({ done, ...router }) => ({
    ...router,
    generation: done?.generation ?? 0,
    acknowledgedAt: done?.acknowledgedAt.toISOString() ?? null,
    hasCurrent: (done?.generation ?? 0) >= input.generation,
    openToOldPools: done?.openToOldPools ?? 0,
  }));
}
