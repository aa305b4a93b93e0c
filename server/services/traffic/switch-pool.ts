import { sql } from "drizzle-orm";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { canTakeTraffic, changePointer, pointerRefusal } from "./change-pointer.ts";

export interface SwitchPoolInput {
  serviceEnvironmentId: number;
  toPool: PoolColor;
  /** The generation that the caller decided on: anything newer wins over it. */
  expectedGeneration: number;
  /** After this time websockets and event streams to other pools are closed; where it is left out, they are not. */
  drainMs?: number | null;
  /** What the pool that was live keeps, and for how long; nothing where it is left out. */
  holdback?: { pool: PoolColor; share: number; forMs: number } | null;
}

/**
 * Moves live traffic to `toPool` and ends any canary, but for what is held back. Routers get the new route in the
 * notification itself. ConflictError where the pointer has moved since, or where the pool has no healthy instance and its
 * release runs in instances.
 */
export async function switchPool(ctx: Context, input: SwitchPoolInput): Promise<{ generation: number }> {
  const { serviceEnvironmentId, toPool, expectedGeneration, drainMs = null, holdback = null } = input;
  const after = (ms: number) => sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
  const moved = await changePointer(ctx, {
    serviceEnvironmentId,
    action: "traffic/switch-pool",
    before: { generation: expectedGeneration },
    after: {
      generation: expectedGeneration + 1,
      livePool: toPool,
      ...(holdback === null ? {} : { heldBackPool: holdback.pool, share: holdback.share }),
    },
    set: sql`
      live_pool = ${toPool},
      candidate_pool = ${holdback?.pool ?? null},
      candidate_share = ${holdback?.share ?? 0},
      candidate_sticky = null,
      candidate_until = ${holdback === null ? null : after(holdback.forMs)},
      drain_until = ${drainMs === null ? null : after(drainMs)}`,
    where: sql`generation = ${expectedGeneration} and ${canTakeTraffic(serviceEnvironmentId, toPool)}`,
  });
  if (moved === null) throw await pointerRefusal(ctx, { ...input, pool: toPool });
  return moved;
}
