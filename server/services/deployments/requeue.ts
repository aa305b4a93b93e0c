import { and, eq, inArray, sql } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { allows, changesOf } from "./allows.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";

/**
 * Puts a deployment that has not switched back in its place in the queue. Steps that had finished stay finished: the
 * next run repeats those whose work is gone. Throws LeaseLostError too where a cancel came first.
 */
export function requeue(ctx: Context, lease: Lease): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    const rows = await tx.db
      .update(deployments)
      .set({
        ...changesOf("requeue"),
        leaseWorkerId: null,
        leaseExpiresAt: null,
        pool: null,
        canaryEndsAt: null,
        canaryOutcome: null,
      })
      .where(and(heldBy(lease), allows("requeue")))
      .returning({ id: deployments.id });
    if (rows.length === 0) throw new LeaseLostError(lease);
    await tx.db
      .update(steps)
      .set({ status: "pending", startedAt: null, endedAt: null, detail: sql`null` })
      .where(
        and(
          eq(steps.deploymentId, lease.deploymentId),
          inArray(steps.status, ["running", "failed", "cancelled"]),
        ),
      );
    await notify(tx, "queue", lease.deploymentId);
    await notify(tx, "deployment", lease.deploymentId);
  });
}
