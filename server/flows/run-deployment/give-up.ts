import { setTimeout as delay } from "node:timers/promises";
import { isDatabaseAway } from "#server/kernel/database-away.ts";
import { tellOfFullDisk } from "#server/kernel/disk-room.ts";
import { ConflictError, UserError } from "#server/kernel/errors.ts";
import { fail } from "#server/services/deployments/fail.ts";
import { finishCancel } from "#server/services/deployments/finish-cancel.ts";
import { finishStep } from "#server/services/deployments/finish-step.ts";
import { LeaseLostError } from "#server/services/deployments/lease.ts";
import { type Interrupted, readInterrupted } from "#server/services/deployments/list-interrupted.ts";
import { endPool } from "#server/services/targets/end-pool.ts";
import { giveBackWarmPool } from "#server/services/targets/give-back-warm-pool.ts";
import { settleInterrupted } from "../settle-interrupted.ts";
import { explain } from "./explain.ts";
import { Interruption } from "./interruption.ts";
import { type Run, settingsOf } from "./run.ts";

const retryMs = 500;

/**
 * Ends a run that did not get through: leaves no process of it, and says in its row what became of it. While the
 * database is away it tries again, for as long as the lease is held. Throws on what is nobody's doing but the portal's.
 */
export async function giveUp(run: Run, error: unknown): Promise<void> {
  const cause = run.signal.aborted ? run.signal.reason : error;
  for (;;) {
    if (isLost(cause) || isLost(run.signal.reason)) return run.log.abandon();
    try {
      await leaveThePool(run);
      await writeEnd(run, cause);
      break;
    } catch (problem) {
      if (!isDatabaseAway(problem)) throw problem;
      await delay(retryMs);
    }
  }
  if (!(cause instanceof UserError || cause instanceof Interruption || isDatabaseAway(cause))) throw cause;
}

function isLost(cause: unknown): boolean {
  if (cause instanceof Interruption) return cause.reason === "lease-lost";
  return cause instanceof LeaseLostError;
}

async function writeEnd(run: Run, cause: unknown): Promise<void> {
  const interrupted = await readInterrupted(run.ctx, run.lease);
  if (interrupted === null) return run.log.abandon();
  if (interrupted.cancelRequested && !interrupted.hasSwitched) return finishCancel(run.ctx, run.lease);
  if (interrupted.hasSwitched || cause instanceof Interruption || isDatabaseAway(cause)) {
    return settleInterrupted(run.ctx, interrupted);
  }
  // A build says only in its output that it could not write; most others say no more than that.
  const fullDisk = await tellOfFullDisk(workingFolders(run));
  await failAt(run, interrupted, [explain(cause), ...(fullDisk === null ? [] : [fullDisk])].join(" "));
}

function workingFolders({ machine }: Run): string[] {
  const { workspacesFolder, artifactsFolder, releasesFolder, homesFolder, mirrorsFolder } =
    machine.dataFolder;
  return [workspacesFolder, artifactsFolder, releasesFolder, homesFolder, mirrorsFolder];
}

/** What was not changed stands in the log; the page says it from the rows, so the reason need not. */
async function failAt(run: Run, interrupted: Interrupted, cause: string): Promise<void> {
  const reason = run.log.masked(cause);
  const step = interrupted.step ?? run.step;
  const log = run.log.step(step);
  log.note(untouched(run));
  await log.end();
  await finishStep(run.ctx, run.lease, { name: step, status: "failed", detail: reason });
  await fail(run.ctx, run.lease, { step, reason });
}

function untouched(run: Run): string {
  const { live } = run.work;
  if (live === null) return "Nothing was live before, and nothing is now.";
  return `Live traffic was not touched: #${live.release.number} still serves.`;
}

async function leaveThePool(run: Run): Promise<void> {
  if (run.pool === null || run.hasSwitched) return;
  const { deploymentId } = run.lease;
  const key = { serviceEnvironmentId: run.work.serviceEnvironmentId, pool: run.pool.color };
  if (run.pool.wasWarm) {
    return giveBackWarmPool(run.ctx, { ...key, deploymentId, warmForMs: settingsOf(run).keepWarmMs });
  }
  try {
    await endPool(run.ctx, { ...key, when: { deploymentId } });
  } catch (error) {
    // It is live after all (the answer to the switch was lost), or not this deployment's any more.
    if (error instanceof ConflictError) return;
    throw error;
  }
  await run.machine.keeper.reconcile();
  await Promise.all(run.pool.instanceIds.map((id) => run.machine.keeper.over(id)));
}
