import { and, eq, inArray } from "drizzle-orm";
import { instances, pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";

/**
 * Every instance has answered its health path: routers may learn their addresses. ConflictError where one of them has
 * died meanwhile, or the pool is another deployment's by now.
 */
export function markPoolReady(
  ctx: Context,
  input: { serviceEnvironmentId: number; pool: PoolColor; deploymentId: number; instanceIds: number[] },
): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    const ready = await tx.db
      .update(pools)
      .set({ status: "ready", warmUntil: null })
      .where(
        and(
          eq(pools.serviceEnvironmentId, input.serviceEnvironmentId),
          eq(pools.color, input.pool),
          eq(pools.deploymentId, input.deploymentId),
          inArray(pools.status, ["starting", "ready"]),
        ),
      )
      .returning({ color: pools.color });
    const healthy = await tx.db
      .update(instances)
      .set({ status: "healthy" })
      .where(
        and(
          inArray(instances.id, input.instanceIds),
          inArray(instances.status, ["starting", "restarting", "unhealthy", "healthy"]),
        ),
      )
      .returning({ id: instances.id });
    if (ready.length === 0 || healthy.length < input.instanceIds.length) {
      throw new ConflictError(`The ${input.pool} pool changed while it was being verified.`);
    }
    await notify(tx, "route", input.serviceEnvironmentId);
  });
}
