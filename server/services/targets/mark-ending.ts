import { and, eq, inArray } from "drizzle-orm";
import { instances } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** Asks the workers that look after the pool's instances to end them; says how many there are. */
export async function markEnding(
  tx: Context,
  input: { serviceEnvironmentId: number; pool: PoolColor },
): Promise<number> {
  const rows = await tx.db
    .update(instances)
    .set({ status: "ending" })
    .where(
      and(
        eq(instances.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(instances.pool, input.pool),
        inArray(instances.status, ["starting", "healthy", "unhealthy", "restarting"]),
      ),
    )
    .returning({ workerId: instances.workerId });
  for (const workerId of new Set(rows.map((row) => row.workerId))) await notify(tx, "worker", workerId);
  if (rows.length > 0) await notify(tx, "route", input.serviceEnvironmentId);
  return rows.length;
}
