import type { StepName } from "#server/domain/deployment.ts";
import { finishStep } from "#server/services/deployments/finish-step.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { startStep } from "#server/services/deployments/start-step.ts";
import { explain } from "./explain.ts";
import { Interruption } from "./interruption.ts";
import type { Run } from "./run.ts";
import { untilStopped } from "./until-stopped.ts";

/** What a step did, in words; `skipped` where it turned out that there is nothing to do. */
export type StepOutcome = string | { skipped: string };

/**
 * Runs one step between two rows' writes. What it throws stands in the log and is thrown on. Work that does not end by
 * itself when the run is to stop is left behind: its log is closed, so look at the signal before you write.
 */
export async function runStep(
  run: Run,
  name: StepName,
  work: (log: StepLog) => Promise<StepOutcome>,
): Promise<void> {
  run.signal.throwIfAborted();
  run.step = name;
  if (run.startedAhead !== name) await startStep(run.ctx, run.lease, name);
  run.startedAhead = null;
  const log = run.log.step(name);
  try {
    const outcome = await untilStopped(work(log), run.signal);
    const end =
      typeof outcome === "string"
        ? ({ name, status: "succeeded", detail: outcome } as const)
        : ({ name, status: "skipped", detail: outcome.skipped } as const);
    await Promise.all([finishStep(run.ctx, run.lease, end), log.end()]);
  } catch (error) {
    const cause = run.signal.aborted ? run.signal.reason : error;
    if (cause instanceof Interruption && cause.reason === "lease-lost") run.log.abandon();
    log.note(cause instanceof Interruption ? cause.message : explain(error));
    await log.end();
    throw cause;
  }
}

/** Writes that a step will not run, unless its row says so already. */
export async function skipStep(run: Run, name: StepName, why: string): Promise<void> {
  const row = run.work.steps.find((step) => step.name === name);
  const isStartedAhead = run.startedAhead === name;
  if (row?.status !== "pending" && !isStartedAhead) return;
  if (isStartedAhead) run.startedAhead = null;
  await finishStep(run.ctx, run.lease, { name, status: "skipped", detail: why });
}
