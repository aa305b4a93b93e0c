import { and, eq, ne, sql } from "drizzle-orm";
import { instances, pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { endDesertedPool } from "./end-pool.ts";

interface BuriedInstance {
  id: number;
  serviceEnvironmentId: number;
  pool: PoolColor;
}

/**
 * Takes all instances of a worker for gone, as with the machine that they ran on: routers send nothing there any more,
 * and pools that nothing is left in can be taken. Should the worker come back after all, it ends what it finds.
 */
export function buryInstances(ctx: Context, { workerId }: { workerId: number }): Promise<BuriedInstance[]> {
  return inTransaction(ctx, async (tx) => {
    // As when a worker writes that an instance ended: whoever comes last finds the pool empty.
    await tx.db
      .select({ color: pools.color })
      .from(pools)
      .where(
        sql`exists (select from instances where worker_id = ${workerId} and instances.status <> 'ended'
          and instances.service_environment_id = pools.service_environment_id and instances.pool = pools.color)`,
      )
      .orderBy(pools.serviceEnvironmentId, pools.color)
      .for("update");
    const buried = await tx.db
      .update(instances)
      .set({ status: "ended", endedAt: sql`clock_timestamp()`, pid: null, pidStartedAt: null })
      .where(and(eq(instances.workerId, workerId), ne(instances.status, "ended")))
      .returning({
        id: instances.id,
        serviceEnvironmentId: instances.serviceEnvironmentId,
        pool: instances.pool,
      });
    for (const key of buried) await endDesertedPool(tx, key);
    for (const id of new Set(buried.map((row) => row.serviceEnvironmentId))) await notify(tx, "route", id);
    return buried;
  });
}
