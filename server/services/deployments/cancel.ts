import { and, eq, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { cancelRefusal, type DeploymentStatus, transitions } from "#server/domain/deployment.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { allows, changesOf } from "./allows.ts";
import { demandAt } from "./demand-at.ts";
import { leaveQueue } from "./leave-queue.ts";

/**
 * Cancels what waits at once, and asks the worker to end what runs: its status becomes cancelled when its processes
 * have ended. ConflictError after the switch, with the way forward.
 */
export async function cancel(
  ctx: Context,
  input: { deploymentId: number; reason?: string | null },
): Promise<{ status: DeploymentStatus }> {
  await demandAt(ctx, "deploy", input);
  return inTransaction(ctx, async (tx) => {
    const status = (await cancelQueued(tx, input)) ?? (await askWorker(tx, input));
    if (status === null) throw await refusal(tx, input.deploymentId);
    await record(tx, {
      action: "deployments/cancel",
      subject: `deployment:${input.deploymentId}`,
      ...(input.reason == null ? {} : { after: { reason: input.reason } }),
    });
    return { status };
  });
}

type Cancel = Parameters<typeof cancel>[1];

async function cancelQueued(
  tx: Context,
  { deploymentId, reason = null }: Cancel,
): Promise<DeploymentStatus | null> {
  const cancelRequestedAt = sql`clock_timestamp()`;
  const hasLeft = await leaveQueue(tx, deploymentId, { cancelRequestedAt, cancelReason: reason });
  return hasLeft ? transitions.cancelQueued.to : null;
}

async function askWorker(
  tx: Context,
  { deploymentId, reason = null }: Cancel,
): Promise<DeploymentStatus | null> {
  const [asked] = await tx.db
    .update(deployments)
    .set({ ...changesOf("requestCancel"), cancelReason: reason })
    .where(and(eq(deployments.id, deploymentId), allows("requestCancel")))
    .returning({ status: deployments.status });
  if (asked === undefined) return null;
  await notify(tx, "cancel", deploymentId);
  await notify(tx, "deployment", deploymentId);
  return asked.status;
}

async function refusal(tx: Context, deploymentId: number): Promise<Error> {
  const [found] = await tx.db.select().from(deployments).where(eq(deployments.id, deploymentId));
  if (found === undefined) return new NotFoundError("There is no such deployment.");
  return new ConflictError(cancelRefusal(found) ?? "It changed just now. Try again.");
}
