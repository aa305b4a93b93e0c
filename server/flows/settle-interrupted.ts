import type { StepName } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { endDrain } from "#server/services/deployments/end-drain.ts";
import { fail } from "#server/services/deployments/fail.ts";
import { finishCancel } from "#server/services/deployments/finish-cancel.ts";
import { finishStep } from "#server/services/deployments/finish-step.ts";
import type { Interrupted } from "#server/services/deployments/list-interrupted.ts";
import { requeue } from "#server/services/deployments/requeue.ts";
import { succeed } from "#server/services/deployments/succeed.ts";
import { endPool } from "#server/services/targets/end-pool.ts";

/** A build may take its own worker down: again and again it would hold up everything else on that machine. */
const mostLostAttempts = 3;
/** Orderly stops and a database that is away are no fault of the deployment, but what never ends is no use either. */
const mostAttempts = 10;

/**
 * Decides how a deployment goes on that its worker cannot go on with: finished where traffic has switched, cancelled
 * where that was asked for, failed where a migration may not run twice or too many attempts were lost, else queued again.
 */
export async function settleInterrupted(ctx: Context, interrupted: Interrupted): Promise<void> {
  const { lease } = interrupted;
  if (interrupted.hasSwitched) return finish(ctx, interrupted);
  const failure = whyNotAgain(interrupted);
  if (interrupted.cancelRequested) await finishCancel(ctx, lease);
  else if (failure !== null) await fail(ctx, lease, failure);
  else await requeue(ctx, lease);
  await endItsPool(ctx, interrupted);
}

function whyNotAgain({ lease, step, migrate }: Interrupted): { step: StepName; reason: string } | null {
  if (migrate.status === "running" && !migrate.isRepeatable) {
    return { step: "migrate", reason: brokenMigration };
  }
  const attempts = lease.leaseNumber;
  const isLost = lease.hasExpired === true;
  if (attempts < (isLost ? mostLostAttempts : mostAttempts)) return null;
  const at = step ?? "checkout";
  const what = isLost ? "Its worker was lost" : "It was interrupted";
  const advice = isLost ? " The step may end or overload the worker that runs it." : "";
  return {
    step: at,
    reason: `${what} in \`${at}\`, at attempt ${attempts}, so it is not tried again.${advice}`,
  };
}

const brokenMigration =
  "The worker was lost while the migration ran, and the migration is not declared repeatable, so it is not run again. " +
  "Look at its data before you deploy again.";

async function finish(ctx: Context, { lease, status, step }: Interrupted): Promise<void> {
  if (step !== null) {
    const detail = "the worker was lost; what was left went on without it";
    await finishStep(ctx, lease, { name: step, status: "succeeded", detail });
  }
  if (status === "running") {
    await succeed(ctx, lease);
    if (step !== "drain") {
      await finishStep(ctx, lease, { name: "drain", status: "skipped", detail: "the worker was lost" });
    }
  }
  await endDrain(ctx, lease);
}

/** Instances that were started for it would only take room; their worker ends them, when it is back if need be. */
async function endItsPool(ctx: Context, interrupted: Interrupted): Promise<void> {
  const { serviceEnvironmentId, pool, lease } = interrupted;
  if (pool === null) return;
  const when = { deploymentId: lease.deploymentId };
  await endPool(ctx, { serviceEnvironmentId, pool, when }).catch((error: unknown) => {
    if (!(error instanceof ConflictError)) throw error;
  });
}
