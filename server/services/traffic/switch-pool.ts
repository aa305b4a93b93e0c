import { and, eq, sql } from "drizzle-orm";
import { pointers } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { readRoutes } from "./read-routes.ts";
import type { Route } from "./route.ts";

export interface SwitchPoolInput {
  serviceEnvironmentId: number;
  toPool: PoolColor;
  /** The generation that the caller decided on: anything newer wins over it. */
  expectedGeneration: number;
}

/**
 * Moves live traffic to `toPool` and ends any canary. Routers get the new route in the notification itself.
 * ConflictError where the pointer has moved since, or where the pool has no healthy instance.
 */
export async function switchPool(ctx: Context, input: SwitchPoolInput): Promise<{ generation: number }> {
  const { serviceEnvironmentId, toPool, expectedGeneration } = input;
  const before = await readCurrent(ctx, input);
  const after: Route = {
    ...before,
    generation: expectedGeneration + 1,
    livePool: toPool,
    candidatePool: null,
    candidateShare: 0,
  };
  await inTransaction(ctx, async (transaction) => {
    const moved = await transaction.db
      .update(pointers)
      .set({
        generation: after.generation,
        livePool: toPool,
        candidatePool: null,
        candidateShare: 0,
        changedAt: sql`clock_timestamp()`,
      })
      .where(
        and(
          eq(pointers.serviceEnvironmentId, serviceEnvironmentId),
          eq(pointers.generation, expectedGeneration),
        ),
      )
      .returning({ generation: pointers.generation });
    if (moved.length === 0) throw movedSince(expectedGeneration);
    await Promise.all([
      record(transaction, {
        action: "traffic/switch-pool",
        subject: `service-environment:${serviceEnvironmentId}`,
        before: { generation: before.generation, livePool: before.livePool },
        after: { generation: after.generation, livePool: toPool },
      }),
      notify(transaction, "route", serviceEnvironmentId, after),
    ]);
  });
  return { generation: after.generation };
}

async function readCurrent(ctx: Context, input: SwitchPoolInput): Promise<Route> {
  const [route] = await readRoutes(ctx, input.serviceEnvironmentId);
  if (route === undefined) throw new NotFoundError("This service environment does not exist any more.");
  if (route.generation !== input.expectedGeneration) throw movedSince(input.expectedGeneration);
  if (route.pools[input.toPool].length === 0) {
    throw new ConflictError(`The ${input.toPool} pool has no healthy instance to take the traffic.`);
  }
  return route;
}

function movedSince(expectedGeneration: number): ConflictError {
  return new ConflictError(
    `Live traffic has been moved by somebody else since generation ${expectedGeneration}.`,
  );
}
