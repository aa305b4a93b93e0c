import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import { transitions } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/**
 * Takes a deployment that waits out of the queue, with why; false where it waits no more. Call it in a transaction that
 * also writes the audit entry.
 */
export async function leaveQueue(
  tx: Context,
  deploymentId: number,
  why:
    | { cancelRequestedAt: SQL; cancelReason?: string | null }
    | { supersededBy: number }
    | { cancelReason: string },
  onlyWhere?: SQL,
): Promise<boolean> {
  const left = await tx.db
    .update(deployments)
    .set({ status: transitions.cancelQueued.to, finishedAt: sql`clock_timestamp()`, ...why })
    .where(
      and(
        eq(deployments.id, deploymentId),
        inArray(deployments.status, transitions.cancelQueued.from),
        onlyWhere,
      ),
    )
    .returning({ id: deployments.id });
  if (left.length === 0) return false;
  await tx.db
    .update(steps)
    .set({ status: "cancelled" })
    .where(and(eq(steps.deploymentId, deploymentId), eq(steps.status, "pending")));
  await notify(tx, "queue", deploymentId);
  await notify(tx, "deployment", deploymentId);
  return true;
}
