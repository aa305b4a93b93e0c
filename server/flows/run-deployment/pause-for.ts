import { formatDurationMs } from "#server/domain/durations.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { pauseTraffic, resumeTraffic } from "#server/services/traffic/pause-traffic.ts";
import { waitForQuiet } from "#server/services/traffic/wait-for-quiet.ts";
import type { Run } from "./run.ts";

/** What is in flight is waited for so long; it takes from the time for which others wait. */
const quietWithinMs = 5_000;

/**
 * Does the work while routers hold requests, for so long at the most: then they go on, whether it is done or not. Work
 * that begins has no request beside it, but for those that the log tells of.
 */
export async function pauseFor<T>(
  run: Run,
  { pauseMs, log }: { pauseMs: number | null; log: StepLog },
  work: () => Promise<T>,
): Promise<T> {
  if (pauseMs === null || !(await pause(run, pauseMs, log))) return work();
  const beganAt = performance.now();
  try {
    return await work();
  } finally {
    await resume(run, log, performance.now() - beganAt);
  }
}

async function pause(run: Run, pauseMs: number, log: StepLog): Promise<boolean> {
  const { serviceEnvironmentId, live } = run.work;
  if (live === null) {
    log.note("Nothing is live yet, so no request has to wait.");
    return false;
  }
  try {
    const { generation } = await pauseTraffic(run.ctx, { serviceEnvironmentId, seconds: pauseMs / 1_000 });
    const wait = { serviceEnvironmentId, generation, timeoutMs: quietWithinMs, signal: run.signal };
    const { openRequests, missing } = await waitForQuiet(run.ctx, wait, run.machine.notices);
    log.note(`Requests are held, for ${formatDurationMs(pauseMs)} at the most.`);
    if (openRequests > 0) log.note(`${openRequests} requests that came before are still open.`);
    if (missing.length > 0) log.note(`Not every router has acknowledged that: ${missing.join(", ")}.`);
    return true;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    log.note(`Requests are not held for this: ${error.message}`);
    return false;
  }
}

async function resume(run: Run, log: StepLog, tookMs: number): Promise<void> {
  const { serviceEnvironmentId } = run.work;
  const wasHeld = await resumeTraffic(run.ctx, { serviceEnvironmentId });
  log.note(
    wasHeld
      ? `Requests go on, after ${formatDurationMs(tookMs)}.`
      : "It took longer than requests may be held: they had gone on meanwhile.",
  );
}
