import { StepError } from "#server/kernel/errors.ts";
import { ArtifactMissingError } from "#server/services/pipeline/unpack-artifact.ts";
import { listMachinesOf } from "#server/services/targets/list-machines-of.ts";
import { releaseFolder } from "./release-folder.ts";
import { type Run, releaseOf } from "./run.ts";

/** The folder of the release that the run ships. StepError with where its artifact lies, where that is another machine. */
export async function shippedFolder(run: Run): Promise<string> {
  try {
    return await releaseFolder(run.machine, run.work.service, releaseOf(run));
  } catch (error) {
    if (error instanceof ArtifactMissingError) throw new StepError(await whereItLies(run));
    throw error;
  }
}

async function whereItLies(run: Run): Promise<string> {
  const { id, number } = releaseOf(run);
  const self = run.ctx.actor.name;
  const machines = await listMachinesOf(run.ctx, { releaseId: id });
  const others = machines.filter(({ worker }) => worker !== self);
  const missing = `The artifact of #${number} is not on the machine of ${self}, which ran this deployment`;
  const { artifactsFolder } = run.machine.dataFolder;
  const remedy = `Let a worker there take it, or give all workers the same ${artifactsFolder}`;
  if (others.length === 0) return `${missing}: another worker made it, or somebody removed it. ${remedy}.`;
  const names = others.map(({ worker, host }) => `${worker} (${host})`).join(", ");
  return `${missing}. It is on the machine of ${names}. ${remedy}.`;
}
