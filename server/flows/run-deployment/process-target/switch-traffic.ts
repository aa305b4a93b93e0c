import { succeed } from "#server/services/deployments/succeed.ts";
import { waitForAcknowledgements } from "#server/services/traffic/wait-for-acknowledgements.ts";
import { movePointer } from "../move-pointer.ts";
import { type Run, releaseOf } from "../run.ts";
import { runStep } from "../run-step.ts";
import { processSettingsOf } from "./process-settings.ts";

const acknowledgedWithinMs = 5_000;

/** Moves live traffic to the pool. */
export async function switchTraffic(run: Run): Promise<void> {
  await runStep(run, "switch", async (log) => {
    const { drainMs, keepWarmMs: warmMs } = processSettingsOf(run);
    const generation = await movePointer(run, { drainMs, warmMs });
    const { acknowledged, missing } = await waitForAcknowledgements(
      run.ctx,
      {
        serviceEnvironmentId: run.work.serviceEnvironmentId,
        generation,
        timeoutMs: acknowledgedWithinMs,
      },
      run.machine.notices,
    );
    const count = `${acknowledged.length} ${acknowledged.length === 1 ? "router" : "routers"}`;
    log.note(`#${releaseOf(run).number} is live (generation ${generation}), acknowledged by ${count}.`);
    if (missing.length === 0) return `acknowledged by ${count}`;
    return `acknowledged by ${count}; still silent: ${missing.join(", ")}`;
  });
  await succeed(run.ctx, run.lease);
}
