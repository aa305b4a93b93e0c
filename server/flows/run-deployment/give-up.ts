import { setTimeout as delay } from "node:timers/promises";
import { isDatabaseAway } from "#server/kernel/database-away.ts";
import { isDiskFull } from "#server/kernel/disk-full.ts";
import { tellOfFullDisk } from "#server/kernel/disk-room.ts";
import { UserError } from "#server/kernel/errors.ts";
import { removeTree } from "#server/kernel/owned-folder.ts";
import { fail } from "#server/services/deployments/fail.ts";
import { finishCancel } from "#server/services/deployments/finish-cancel.ts";
import { finishStep } from "#server/services/deployments/finish-step.ts";
import { LeaseLostError } from "#server/services/deployments/lease.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { type Interrupted, readInterrupted } from "#server/services/deployments/list-interrupted.ts";
import { OutOfRoomError } from "#server/services/pipeline/watch-room.ts";
import { settleInterrupted } from "../settle-interrupted.ts";
import { explain } from "./explain.ts";
import { Interruption } from "./interruption.ts";
import type { Run } from "./run.ts";
import { homeOf } from "./step-environment.ts";
import { targetOf } from "./target.ts";
import { untouched } from "./untouched.ts";

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
      if (run.pool !== null && !run.hasSwitched) await targetOf(run).abandon(run);
      await writeEnd(run, cause);
      break;
    } catch (problem) {
      if (isLost(problem)) return run.log.abandon();
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
  if (cause instanceof OutOfRoomError && cause.wasWriting && !(await isHomeShared(run))) {
    await removeTree(homeOf(run));
    return failAt(run, interrupted, `${explain(cause)} What the service kept in its HOME was removed.`);
  }
  // A build says only in its output that it could not write; most others say no more than that.
  const fullDisk = cause instanceof OutOfRoomError ? null : await tellOfFullDisk(workingFolders(run));
  const told = fullDisk === null ? [] : [fullDisk, "Make room there, then deploy again."];
  const isSaid = fullDisk !== null && isDiskFull(cause);
  await failAt(run, interrupted, [...(isSaid ? [] : [explain(cause)]), ...told].join(" "));
}

/** Its other environments have the same one, and one of them may be building. */
async function isHomeShared({ ctx, work, lease }: Run): Promise<boolean> {
  const active = await listActive(ctx, { serviceId: work.service.id });
  return active.some(({ id, status }) => status === "running" && id !== lease.deploymentId);
}

function workingFolders({ machine }: Run): string[] {
  const { workspacesFolder, artifactsFolder, releasesFolder, homesFolder, mirrorsFolder } =
    machine.dataFolder;
  const { instancesFolder, instanceLogsFolder } = machine.dataFolder;
  const ofSteps = [workspacesFolder, artifactsFolder, releasesFolder, homesFolder, mirrorsFolder];
  return [...ofSteps, instancesFolder, instanceLogsFolder];
}

/** What was not changed stands in the log; the page says it from the rows, so the reason need not. */
async function failAt(run: Run, interrupted: Interrupted, cause: string): Promise<void> {
  const reason = run.log.masked(cause);
  const step = interrupted.step ?? run.step;
  const log = run.log.step(step);
  log.note(run.pool === null ? untouched(run) : targetOf(run).whatServes(run));
  await log.end();
  await finishStep(run.ctx, run.lease, { name: step, status: "failed", detail: reason });
  await fail(run.ctx, run.lease, { step, reason });
}
