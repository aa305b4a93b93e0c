import type { PoolColor } from "#server/domain/pools.ts";
import { endDrain } from "#server/services/deployments/end-drain.ts";
import { waitForDrain } from "#server/services/traffic/wait-for-drain.ts";
import { Interruption } from "../interruption.ts";
import { poolOf, type Run } from "../run.ts";
import { runStep, skipStep } from "../run-step.ts";
import { processSettingsOf } from "./process-settings.ts";
import { heldBackText } from "./switch-traffic.ts";

/** After the drain time they close websockets and event streams, politely and not all at once. */
const routersCloseWithinMs = 3_000;

/** Lets what is still open to the old pool end by itself. The deployment has succeeded already. */
export async function drain(run: Run): Promise<void> {
  const { former, holdback } = poolOf(run);
  if (holdback !== null) await skipStep(run, "drain", heldBackText(run, holdback));
  else if (former === null) await skipStep(run, "drain", "nothing was live before");
  else await drainPool(run, former);
  await endDrain(run.ctx, run.lease);
}

async function drainPool(run: Run, pool: PoolColor): Promise<void> {
  await runStep(run, "drain", async () => {
    const use = await waitForDrain(
      run.ctx,
      {
        serviceEnvironmentId: run.work.serviceEnvironmentId,
        pool,
        timeoutMs: processSettingsOf(run).drainMs + routersCloseWithinMs,
        signal: run.signal,
      },
      run.machine.notices,
    );
    const stopped = run.signal.reason instanceof Interruption ? run.signal.reason : null;
    if (stopped?.reason === "lease-lost") throw stopped;
    if (use.free) return `the ${pool} pool is free`;
    return stopped === null ? (use.reason ?? "") : `the worker stopped while it drained: ${use.reason}`;
  });
}
