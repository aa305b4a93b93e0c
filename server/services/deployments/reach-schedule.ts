import { and, eq, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { CheckedCondition } from "#server/domain/conditions.ts";
import type { Reason } from "#server/domain/reasons.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { demandAt } from "./demand-at.ts";
import { leaveQueue } from "./leave-queue.ts";
import { waitsForItsTime } from "./list-scheduled.ts";

/** What was found when it was planned anew. */
export interface FoundAnew {
  deploymentId: number;
  reasons: Reason[];
  conditions: CheckedCondition[];
  previousReleaseId: number | null;
  configurationId: number | null;
  previousConfigurationId: number | null;
}

/**
 * From now on a worker may take it: it joins those that wait, behind them, and workers are woken. ConflictError where
 * it waits for a time no more. Call it in a transaction.
 */
export async function reachSchedule(tx: Context, input: FoundAnew): Promise<void> {
  const { deploymentId, ...found } = input;
  await demandAt(tx, "deploy", { deploymentId });
  const [reached] = await tx.db
    .update(deployments)
    .set({ ...found, scheduleReachedAt: sql`clock_timestamp()` })
    .where(and(eq(deployments.id, deploymentId), waitsForItsTime))
    .returning({ scheduledFor: deployments.scheduledFor });
  if (reached === undefined) throw waitsNoMore();
  await record(tx, {
    action: "deployments/start-scheduled",
    subject: `deployment:${deploymentId}`,
    after: { scheduledFor: reached.scheduledFor?.toISOString() },
  });
  await notify(tx, "queue", deploymentId);
  await notify(tx, "deployment", deploymentId);
}

/** Takes it out of the queue instead, with why in words; ConflictError likewise. Call it in a transaction. */
export async function cancelScheduled(
  tx: Context,
  input: { deploymentId: number; reason: string },
): Promise<void> {
  const { deploymentId, reason } = input;
  await demandAt(tx, "deploy", { deploymentId });
  if (!(await leaveQueue(tx, deploymentId, { cancelReason: reason }, waitsForItsTime))) throw waitsNoMore();
  await record(tx, {
    action: "deployments/cancel",
    subject: `deployment:${deploymentId}`,
    after: { reason },
  });
}

function waitsNoMore(): ConflictError {
  return new ConflictError("It waits for its time no more. Look at it again.");
}
