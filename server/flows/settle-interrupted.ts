import { type StepName, wayOn } from "#server/domain/deployment.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { endDrain } from "#server/services/deployments/end-drain.ts";
import { fail } from "#server/services/deployments/fail.ts";
import { finishCancel } from "#server/services/deployments/finish-cancel.ts";
import { finishStep } from "#server/services/deployments/finish-step.ts";
import type { Lease } from "#server/services/deployments/lease.ts";
import type { Interrupted } from "#server/services/deployments/list-interrupted.ts";
import { requeue } from "#server/services/deployments/requeue.ts";
import { succeed } from "#server/services/deployments/succeed.ts";
import { endPool } from "#server/services/targets/end-pool.ts";
import { giveBackWarmPool } from "#server/services/targets/give-back-warm-pool.ts";
import { poolIsFree } from "#server/services/traffic/pool-is-free.ts";
import { endShare } from "#server/services/traffic/share-traffic.ts";

/** Has a deployment go on that its worker cannot go on with, the way that its rows allow. */
export async function settleInterrupted(ctx: Context, interrupted: Interrupted): Promise<void> {
  const { lease } = interrupted;
  const way = wayOn({ ...interrupted, attempts: lease.leaseNumber, isLost: isLost(lease) });
  if (way.event === "succeed") return finish(ctx, interrupted);
  // In one transaction: at no moment does a share stand that no running deployment looks after.
  const hadShare = await inTransaction(ctx, async (tx) => {
    if (way.event === "finishCancel") await finishCancel(tx, lease);
    else if (way.event === "fail") await fail(tx, lease, failureOf(interrupted, way.why));
    else await requeue(tx, lease);
    return endItsShare(tx, interrupted);
  });
  await endItsPool(ctx, interrupted, hadShare);
}

/** What was held back in a pool that a switch-back took ends as well: its pool is left to end. */
async function endItsShare(tx: Context, { serviceEnvironmentId, pool }: Interrupted): Promise<boolean> {
  return pool !== null && (await endShare(tx, { serviceEnvironmentId, pool }));
}

function failureOf(
  { lease, step }: Interrupted,
  why: "migration" | "deploy-command" | "attempts",
): { step: StepName; reason: string } {
  const what = whatHappened(lease);
  if (why === "migration") return { step: "migrate", reason: `${what} ${brokenMigration}` };
  if (why === "deploy-command") return { step: "start", reason: `${what} ${brokenDeployCommand}` };
  const at = step ?? "checkout";
  const advice = isLost(lease) ? " The step may end or overload the worker that runs it." : "";
  return {
    step: at,
    reason: `${what} in \`${at}\`, at attempt ${lease.leaseNumber}, so it is not tried again.${advice}`,
  };
}

/** Nobody knows what became of the worker; else it said itself that it could not go on. */
function isLost(lease: Lease): boolean {
  return lease.hasExpired === true;
}

function whatHappened(lease: Lease): string {
  return isLost(lease) ? "Its worker was lost" : "It was interrupted";
}

const brokenMigration =
  "while the migration ran, and the migration is not declared repeatable, so it is not run again. " +
  "Look at its data before you deploy again.";

const brokenDeployCommand =
  "while the deploy command ran, and the command is not declared repeatable, so it is not run again. " +
  "The portal does not know what is served now: look where it runs before you deploy again.";

async function finish(ctx: Context, { lease, status, step }: Interrupted): Promise<void> {
  const what = isLost(lease) ? "its worker was lost" : "it was interrupted";
  if (step !== null) {
    const detail = `${what}; what was left went on without its worker`;
    await finishStep(ctx, lease, { name: step, status: "succeeded", detail });
  }
  if (status === "running") {
    await succeed(ctx, lease);
    if (step !== "drain") await finishStep(ctx, lease, { name: "drain", status: "skipped", detail: what });
  }
  await endDrain(ctx, lease);
}

/** Instances that were started for it would only take room; their worker ends them, when it is back if need be. */
async function endItsPool(ctx: Context, interrupted: Interrupted, hadShare: boolean): Promise<void> {
  const { serviceEnvironmentId, pool, lease } = interrupted;
  if (pool === null) return;
  const when = { deploymentId: lease.deploymentId };
  // What is in flight there may end: then the pool does so later, as one whose warm time is over.
  const isFree = !hadShare && (await poolIsFree(ctx, { serviceEnvironmentId, pool })).free;
  const isLeft =
    !isFree && (await giveBackWarmPool(ctx, { serviceEnvironmentId, pool, ...when, warmForMs: 0 }));
  if (isLeft) return;
  await endPool(ctx, { serviceEnvironmentId, pool, when }).catch((error: unknown) => {
    if (!(error instanceof ConflictError)) throw error;
  });
}
