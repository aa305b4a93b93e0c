import { sql } from "drizzle-orm";
import type { PoolColor } from "#server/domain/pools.ts";
import { recording } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { notificationOf } from "#server/kernel/notifications.ts";
import { readRoutes, selectRoutes } from "./read-routes.ts";

export interface SwitchPoolInput {
  serviceEnvironmentId: number;
  toPool: PoolColor;
  /** The generation that the caller decided on: anything newer wins over it. */
  expectedGeneration: number;
}

/**
 * Moves live traffic to `toPool` and ends any canary. Routers get the new route in the notification itself.
 * ConflictError where the pointer has moved since, or where the pool has no healthy instance and its release runs in instances.
 */
export async function switchPool(ctx: Context, input: SwitchPoolInput): Promise<{ generation: number }> {
  const generation = input.expectedGeneration + 1;
  const change = {
    action: "traffic/switch-pool",
    subject: `service-environment:${input.serviceEnvironmentId}`,
    before: { generation: input.expectedGeneration },
    after: { generation, livePool: input.toPool },
  };
  // One statement: each round trip more would be time in which the old release still takes requests.
  const moved = await ctx.db.execute(sql`
    with moved as (
      update pointers set
        generation = ${generation},
        live_pool = ${input.toPool},
        candidate_pool = null,
        candidate_share = 0,
        changed_at = clock_timestamp()
      where service_environment_id = ${input.serviceEnvironmentId}
        and generation = ${input.expectedGeneration}
        and (
          exists (
            select from instances
            where service_environment_id = ${input.serviceEnvironmentId}
              and pool = ${input.toPool} and status = 'healthy'
          ) or exists (
            select from pools
            where service_environment_id = ${input.serviceEnvironmentId}
              and color = ${input.toPool} and status = 'ready' and target <> 'process'
          )
        )
      returning *
    ),
    audited as (${recording(ctx, change, sql`moved`)}),
    routes as (${selectRoutes(sql`moved`)})
    select ${notificationOf("route", sql`route ->> 'serviceEnvironmentId'`, sql`route`)} from routes
  `);
  if (moved.length === 0) throw await refusalOf(ctx, input);
  return { generation };
}

async function refusalOf(ctx: Context, input: SwitchPoolInput): Promise<Error> {
  const [route] = await readRoutes(ctx, input.serviceEnvironmentId);
  if (route === undefined) return new NotFoundError("This service environment does not exist any more.");
  if (route.generation === input.expectedGeneration) {
    return new ConflictError(`The ${input.toPool} pool has no healthy instance to take the traffic.`);
  }
  return new ConflictError(
    `Somebody else has moved live traffic since: it is at generation ${route.generation}, not ${input.expectedGeneration}.`,
  );
}
