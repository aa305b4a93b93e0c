import { formatDurationMs } from "#server/domain/durations.ts";
import { type HoldbackSettings, shareText, whyNoShare } from "#server/domain/shares.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { succeed } from "#server/services/deployments/succeed.ts";
import { waitForAcknowledgements } from "#server/services/traffic/wait-for-acknowledgements.ts";
import { movePointer } from "../move-pointer.ts";
import { poolOf, type Run, releaseOf } from "../run.ts";
import { runStep } from "../run-step.ts";
import { canary } from "./canary.ts";
import { readFormer } from "./former.ts";
import { processSettingsOf } from "./process-settings.ts";

const acknowledgedWithinMs = 5_000;

/** Moves live traffic to the pool. */
export async function switchTraffic(run: Run): Promise<void> {
  await runStep(run, "switch", async (log) => {
    await canary(run, log);
    const { drainMs, keepWarmMs: warmMs } = processSettingsOf(run);
    const holdback = await chooseHoldback(run, log);
    const generation = await movePointer(run, { drainMs, warmMs, holdback });
    run.pool = { ...poolOf(run), holdback };
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
    if (holdback !== null) log.note(`${heldBackText(run, holdback)}.`);
    if (missing.length === 0) return `acknowledged by ${count}`;
    return `acknowledged by ${count}; still silent: ${missing.join(", ")}`;
  });
  await succeed(run.ctx, run.lease);
}

/** What the release before keeps; null where it keeps nothing. */
async function chooseHoldback(run: Run, log: StepLog): Promise<HoldbackSettings | null> {
  const { holdback } = processSettingsOf(run);
  if (holdback === null) return null;
  const reason = whyNoShare({ kind: run.work.kind, former: await readFormer(run) });
  if (reason === null) return holdback;
  log.note(`Nothing is held back: ${reason}.`);
  return null;
}

/** `5 % of the requests stay with #41 for 30 m 0 s` */
export function heldBackText({ work }: Run, { share, forMs }: HoldbackSettings): string {
  return `${shareText(share)} of the requests stay with #${work.live?.release.number} for ${formatDurationMs(forMs)}`;
}
