import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

export interface Acknowledgement {
  serviceEnvironmentId: number;
  generation: number;
  /** Requests, websockets and streams still open to a pool that is no longer live. */
  openToOldPools: number;
  /** While requests are held: how many are still open to any pool. 0 otherwise. */
  openRequests: number;
}

/**
 * The router sends no new request to a pool that generation `generation` does not name. Any number in one statement;
 * rows of a service environment or router that is gone are left out.
 */
export async function acknowledge(
  ctx: Pick<Context, "db">,
  input: { routerId: string; acknowledgements: Acknowledgement[] },
): Promise<void> {
  if (input.acknowledgements.length === 0) return;
  const written = await ctx.db.execute<{ service_environment_id: string; generation: string }>(sql`
    insert into router_acknowledgements
      (router_id, service_environment_id, generation, open_to_old_pools, open_requests, acknowledged_at)
    select routers.id, pointers.service_environment_id, given."generation", given."openToOldPools",
      given."openRequests", clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(input.acknowledgements)}::jsonb)
      as given("serviceEnvironmentId" bigint, "generation" bigint, "openToOldPools" integer, "openRequests" integer)
    join pointers on pointers.service_environment_id = given."serviceEnvironmentId"
    join routers on routers.id = ${input.routerId}
    on conflict (router_id, service_environment_id) do update set
      generation = excluded.generation,
      open_to_old_pools = excluded.open_to_old_pools,
      open_requests = excluded.open_requests,
      acknowledged_at = excluded.acknowledged_at
    where router_acknowledgements.generation <= excluded.generation
    returning service_environment_id, generation
  `);
  await Promise.all(
    [...written].map((row) =>
      notify(ctx, "router-acknowledgement", row.service_environment_id, {
        routerId: input.routerId,
        generation: Number(row.generation),
      }),
    ),
  );
}
