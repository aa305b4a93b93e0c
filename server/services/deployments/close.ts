import { and, eq, sql } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import type { StepName } from "#server/domain/deployment.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { allows, changesOf } from "./allows.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";

/** `fail` and `finishCancel` differ only in words: both end a running deployment that has not switched. */
export interface Closing {
  event: "fail" | "finishCancel";
  step: StepName | null;
  reason: string | null;
}

/** Why a step behind the one at which it ended has no outcome of its own. */
const notReached = "not reached";

/** Ends the deployment and closes the steps that are not over. Call it in a transaction. */
export async function close(ctx: Context, lease: Lease, closing: Closing): Promise<void> {
  const rows = await ctx.db
    .update(deployments)
    .set({
      ...changesOf(closing.event),
      failedStep: closing.step,
      failureReason: closing.reason,
      leaseWorkerId: null,
      leaseExpiresAt: null,
    })
    .where(and(heldBy(lease), allows(closing.event)))
    .returning({ id: deployments.id });
  if (rows.length === 0) throw new LeaseLostError(lease);
  const stepsThatAre = (status: "running" | "pending") =>
    and(eq(steps.deploymentId, lease.deploymentId), eq(steps.status, status));
  // Sent together, in this order.
  await Promise.all([
    ctx.db
      .update(steps)
      .set({ status: closing.event === "fail" ? "failed" : "cancelled", endedAt: sql`clock_timestamp()` })
      .where(stepsThatAre("running")),
    ctx.db.update(steps).set({ status: "skipped", detail: notReached }).where(stepsThatAre("pending")),
    record(ctx, {
      action: closing.event === "fail" ? "deployments/fail" : "deployments/finish-cancel",
      subject: `deployment:${lease.deploymentId}`,
      ...(closing.step === null ? {} : { after: { failedStep: closing.step } }),
    }),
    publishDeployment(ctx, lease.deploymentId, closing.event === "fail" ? "failed" : "cancelled"),
    notify(ctx, "deployment", lease.deploymentId),
    notify(ctx, "queue", lease.deploymentId),
  ]);
}
