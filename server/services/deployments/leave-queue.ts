import { and, eq, type SQL } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { allows, changesOf } from "./allows.ts";

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
    .set({ ...changesOf("cancelQueued"), ...why })
    .where(and(eq(deployments.id, deploymentId), allows("cancelQueued"), onlyWhere))
    .returning({ id: deployments.id });
  if (left.length === 0) return false;
  await tx.db
    .update(steps)
    .set({ status: "cancelled" })
    .where(and(eq(steps.deploymentId, deploymentId), eq(steps.status, "pending")));
  await publishDeployment(tx, deploymentId, "cancelled");
  await notify(tx, "queue", deploymentId);
  await notify(tx, "deployment", deploymentId);
  return true;
}
