import { StepError } from "#server/kernel/errors.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";
import { MissingArtifactError } from "#server/services/pipeline/artifact-store.ts";
import { listMachinesOf } from "#server/services/targets/list-machines-of.ts";
import { releaseFolder } from "./release-folder.ts";
import { type Run, releaseOf } from "./run.ts";

/** The folder of the release that the run ships. StepError with where its artifact lies, where that is another machine. */
export async function shippedFolder(run: Run): Promise<string> {
  try {
    return await releaseFolder(run.machine, run.work.service, releaseOf(run));
  } catch (error) {
    const elsewhere = error instanceof MissingArtifactError ? await whereItLies(run) : null;
    throw elsewhere === null ? error : new StepError(elsewhere);
  }
}

/** Null where it is gone with the machine that had it, and where all have the same store: it is to be built anew. */
async function whereItLies(run: Run): Promise<string | null> {
  if (run.machine.depot.shared !== null) return null;
  const { id, number } = releaseOf(run);
  const self = run.ctx.actor.name;
  const machines = await listMachinesOf(run.ctx, { releaseId: id });
  const others = machines.filter(({ worker, forgottenAt }) => worker !== self && forgottenAt === null);
  const missing = `The artifact of #${number} is not on the machine of ${self}, which ran this deployment.`;
  const remedy = "Let a worker there take it, or set ANYTIME_S3_BUCKET so that all machines have it.";
  if (others.length > 0) {
    const names = others.map(({ worker, host }) => `${worker} (${host})`).join(", ");
    return `${missing} It is on the machine of ${names}. ${remedy}`;
  }
  if (machines.length > 0) return null;
  // An earlier version did not write down where it was packed.
  const workers = (await listWorkers(run.ctx)).filter(({ name }) => name !== self);
  return workers.length === 0 ? null : `${missing} Another worker may have made it. ${remedy}`;
}
