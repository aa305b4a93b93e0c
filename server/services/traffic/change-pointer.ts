import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { PoolColor } from "#server/domain/pools.ts";
import { recording } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { notificationOf } from "#server/kernel/notifications.ts";
import { readRoutes, selectRoutes } from "./read-routes.ts";

export interface PointerChange {
  /** For the audit log. */
  action: `traffic/${string}`;
  before?: Record<string, unknown>;
  after: Record<string, unknown>;
  serviceEnvironmentId: number;
  /** Columns and what they become; the generation is raised besides. */
  set: SQL;
  /** When it applies; anything else changes nothing. */
  where: SQL;
}

const rowsSchema = z.array(
  z.object({ generation: z.coerce.number(), heldUntilMs: z.coerce.number().nullable() }),
);
/** The pointer after its change; `heldUntilMs` in Unix milliseconds by the database's clock. */
export type MovedPointer = z.output<typeof rowsSchema>[number];

/**
 * The one way in which the pointer moves: its row, the audit log and what routers are told, the new route itself, in one
 * statement, since each round trip more would be time in which the old one is served. Null where it does not apply.
 */
export async function changePointer(
  ctx: Context,
  { serviceEnvironmentId, set, where, ...change }: PointerChange,
): Promise<MovedPointer | null> {
  const rows = await ctx.db.execute(sql`
    with moved as (
      update pointers set generation = generation + 1, changed_at = clock_timestamp(), ${set}
      where service_environment_id = ${serviceEnvironmentId} and ${where}
      returning *
    ),
    audited as (${recording(ctx, { ...change, subject: `service-environment:${serviceEnvironmentId}` }, sql`moved`)}),
    routes as (${selectRoutes(sql`moved`)})
    select ${notificationOf("route", sql`route ->> 'serviceEnvironmentId'`, sql`route`)},
      route ->> 'generation' as generation, route ->> 'heldUntilMs' as "heldUntilMs"
    from routes
  `);
  return rowsSchema.parse([...rows])[0] ?? null;
}

/** Anything newer than what was decided on wins. */
export class PointerMovedError extends ConflictError {
  override name = "PointerMovedError";
}

/** Why a change that was decided on at a generation did not apply. */
export async function pointerRefusal(
  ctx: Context,
  input: { serviceEnvironmentId: number; pool: PoolColor; expectedGeneration: number },
): Promise<Error> {
  const [route] = await readRoutes(ctx, input.serviceEnvironmentId);
  if (route === undefined) return new NotFoundError("This service environment does not exist any more.");
  if (route.generation === input.expectedGeneration) {
    return new ConflictError(`The ${input.pool} pool has no healthy instance to take the traffic.`);
  }
  return new PointerMovedError(
    `Somebody else has moved live traffic since: it is at generation ${route.generation}, not ${input.expectedGeneration}.`,
  );
}

/** Somebody answers in the pool, or what stands in it runs where the portal does not look. */
export function canTakeTraffic(serviceEnvironmentId: number, pool: string): SQL {
  return sql`(
    exists (
      select from instances
      where service_environment_id = ${serviceEnvironmentId} and pool = ${pool} and status = 'healthy'
    ) or exists (
      select from pools
      where service_environment_id = ${serviceEnvironmentId}
        and color = ${pool} and status = 'ready' and target <> 'process'
    )
  )`;
}
