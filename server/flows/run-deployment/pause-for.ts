import { formatDurationMs } from "#server/domain/durations.ts";
import { ConflictError, messageOf } from "#server/kernel/errors.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { pauseTraffic, resumeTraffic } from "#server/services/traffic/pause-traffic.ts";
import { waitForQuiet } from "#server/services/traffic/wait-for-quiet.ts";
import type { Run } from "./run.ts";

/** What is in flight is waited for so long, and no longer than half of the pause: the rest is for the work. */
const quietWithinMs = 5_000;

interface Pause {
  generation: number;
  heldUntilMs: number | null;
  /** How long it lasts at the most. */
  pauseMs: number;
  /** By the monotonic clock. */
  beganAt: number;
}

/**
 * Does the work while routers hold requests, for so long at the most: then they go on, whether it is done or not. Work
 * that begins has no request beside it, but for those that the log tells of.
 */
export async function pauseFor<T>(
  run: Run,
  { pauseMs, log }: { pauseMs: number | null; log: StepLog },
  work: () => Promise<T>,
): Promise<T> {
  const pause = pauseMs === null ? null : await begin(run, pauseMs, log);
  if (pause === null) return work();
  try {
    await untilQuiet(run, pause, log);
    return await work();
  } finally {
    await end(run, pause, log);
  }
}

async function begin(run: Run, pauseMs: number, log: StepLog): Promise<Pause | null> {
  const { serviceEnvironmentId, live } = run.work;
  if (live === null) {
    log.note("Nothing is live yet, so no request has to wait.");
    return null;
  }
  const beganAt = performance.now();
  try {
    const paused = await pauseTraffic(run.ctx, { serviceEnvironmentId, seconds: pauseMs / 1_000 });
    return { ...paused, pauseMs, beganAt };
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    log.note(`Requests are not held for this: ${error.message}`);
    return null;
  }
}

async function untilQuiet(run: Run, { generation, pauseMs }: Pause, log: StepLog): Promise<void> {
  const { serviceEnvironmentId } = run.work;
  const timeoutMs = Math.min(quietWithinMs, pauseMs / 2);
  const wait = { serviceEnvironmentId, generation, timeoutMs, signal: run.signal };
  const { openRequests, missing } = await waitForQuiet(run.ctx, wait, run.machine.notices);
  log.note(`Requests are held, for ${formatDurationMs(pauseMs)} at the most.`);
  if (openRequests > 0) log.note(`Still open of those that came before: ${openRequests}.`);
  if (missing.length > 0) log.note(`Not every router has acknowledged that: ${missing.join(", ")}.`);
}

/** What was done is done, and what failed has failed, also where requests can only go on by themselves. */
async function end(run: Run, { heldUntilMs, pauseMs, beganAt }: Pause, log: StepLog): Promise<void> {
  const { serviceEnvironmentId } = run.work;
  try {
    const wasHeld = await resumeTraffic(run.ctx, { serviceEnvironmentId, heldUntilMs });
    const tookMs = performance.now() - beganAt;
    if (wasHeld) log.note(`Requests go on, after ${formatDurationMs(tookMs)}.`);
    else if (tookMs < pauseMs) log.note("Requests had gone on before it was done: somebody let them go.");
    else log.note("It took longer than requests may be held: they had gone on meanwhile.");
  } catch (error) {
    log.note(`Requests go on by themselves: they could not be let go at once. ${messageOf(error)}`);
  }
}
