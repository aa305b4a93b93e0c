import type { Context } from "#server/kernel/context.ts";
import { removeTree } from "#server/kernel/owned-folder.ts";
import type { Claimed } from "#server/services/deployments/claim.ts";
import { UnusableArtifactError } from "#server/services/pipeline/artifact-store.ts";
import { noteArtifactGone } from "#server/services/pipeline/note-artifact-gone.ts";
import { giveUp } from "./run-deployment/give-up.ts";
import { keepRelease } from "./run-deployment/keep-release.ts";
import type { Machine } from "./run-deployment/machine.ts";
import { makeRelease } from "./run-deployment/make-release.ts";
import { migrate } from "./run-deployment/migrate.ts";
import { openRun, type Run } from "./run-deployment/run.ts";
import { targetOf } from "./run-deployment/target.ts";

/**
 * Runs a claimed deployment to its end: failures, cancels and interruptions are written to its rows. `onSwitched` is
 * called when it no longer keeps the worker busy. Rejects only with what nobody foresaw.
 */
export async function runDeployment(
  ctx: Context,
  machine: Machine,
  claimed: Claimed,
  options: { signal: AbortSignal; onSwitched?: () => void },
): Promise<void> {
  const run = await openRun(ctx, machine, claimed, options.signal);
  try {
    await releaseAndSwitch(run);
    options.onSwitched?.();
    await targetOf(run).drain(run);
  } catch (error) {
    if (error instanceof UnusableArtifactError) await noteArtifactGone(ctx, error.digest);
    await giveUp(run, error);
  } finally {
    await run.log.close();
    await removeTree(run.workspace);
  }
}

async function releaseAndSwitch(run: Run): Promise<void> {
  await keepRelease(run);
  await makeRelease(run);
  await migrate(run);
  const target = targetOf(run);
  await target.start(run);
  await target.verify(run);
  await target.switchTraffic(run);
}
