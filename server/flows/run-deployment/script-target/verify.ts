import { setTimeout as delay } from "node:timers/promises";
import { formatDurationMs } from "#server/domain/durations.ts";
import { whyNoVerify } from "#server/domain/targets.ts";
import { StepError } from "#server/kernel/errors.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { limitOutput } from "#server/services/pipeline/output.ts";
import { runStepCommand } from "#server/services/pipeline/run-step-command.ts";
import { markPoolReady } from "#server/services/targets/mark-pool-ready.ts";
import { poolOf, type Run } from "../run.ts";
import { runStep } from "../run-step.ts";
import { commandPlace } from "./command-place.ts";
import { scriptSettingsOf } from "./script-settings.ts";

const firstPauseMs = 250;
const longestPauseMs = 5_000;

/** Asks the health command until it says yes; where none is set, the deploy command's own word is all there is. */
export function verify(run: Run): Promise<void> {
  return runStep(run, "verify", async (log) => {
    const { health } = scriptSettingsOf(run);
    if (health !== null) await untilHealthy(run, health, log);
    run.signal.throwIfAborted();
    await markPoolReady(run.ctx, {
      serviceEnvironmentId: run.work.serviceEnvironmentId,
      pool: poolOf(run).color,
      deploymentId: run.lease.deploymentId,
      instanceIds: [],
    });
    return health === null ? { skipped: whyNoVerify } : `${health.run} says that it is healthy`;
  });
}

async function untilHealthy(
  run: Run,
  health: { run: string; timeoutMs: number },
  log: StepLog,
): Promise<void> {
  const place = { ...(await commandPlace(run, log)), output: limitOutput(log) };
  const deadline = performance.now() + health.timeoutMs;
  try {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
      const timeout = Math.max(1, deadline - performance.now());
      const problem = await ask({ ...place, command: { run: health.run, timeout } });
      if (problem === null) return;
      if (performance.now() + pauseMs > deadline) {
        throw new StepError(`Not healthy within ${formatDurationMs(health.timeoutMs)}: ${problem}`);
      }
      await delay(pauseMs, undefined, { signal: run.signal });
    }
  } finally {
    place.output.close();
  }
}

/** Null where it is healthy. */
async function ask(question: Parameters<typeof runStepCommand>[0]): Promise<string | null> {
  try {
    await runStepCommand(question);
    return null;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return error.message;
  }
}
