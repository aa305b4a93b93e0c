import { poolColors } from "#server/domain/pools.ts";
import { endDrain } from "#server/services/deployments/end-drain.ts";
import { waitForDrain } from "#server/services/traffic/wait-for-drain.ts";
import { Interruption } from "./interruption.ts";
import { poolOf, type Run, settingsOf } from "./run.ts";
import { runStep } from "./run-step.ts";

/** Lets what is still open to the old pool end by itself. The deployment has succeeded already. */
export async function drain(run: Run): Promise<void> {
  const oldPool = poolColors.find((color) => color !== poolOf(run).color) ?? "blue";
  await runStep(run, "drain", async () => {
    const use = await waitForDrain(
      run.ctx,
      {
        serviceEnvironmentId: run.work.serviceEnvironmentId,
        pool: oldPool,
        timeoutMs: settingsOf(run).drainMs,
        signal: run.signal,
      },
      run.machine.notices,
    );
    const stopped = run.signal.reason instanceof Interruption ? run.signal.reason : null;
    if (stopped?.reason === "lease-lost") throw stopped;
    if (use.free) return `the ${oldPool} pool is free`;
    return stopped === null ? (use.reason ?? "") : `the worker stopped while it drained: ${use.reason}`;
  });
  await endDrain(run.ctx, run.lease);
}
