import { keepsRelease } from "#server/domain/deployment.ts";
import { alreadyBuilt, makesTheArtifact } from "#server/domain/plan.ts";
import { StepError } from "#server/kernel/errors.ts";
import { finishStep } from "#server/services/deployments/finish-step.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import { readWorkRelease } from "#server/services/deployments/read-work.ts";
import type { Run } from "./run.ts";

/**
 * What is live ships again. Which release that is, is read now, under the lease: what went live ahead of it in the
 * queue is not undone. A restart keeps the configuration of what is live, too.
 */
export async function keepRelease(run: Run): Promise<void> {
  const { work, lease } = run;
  if (!keepsRelease(work.kind)) return;
  if (work.live === null)
    throw new StepError("Nothing is live here any more, so nothing can be started anew.");
  const { release, configuration } = work.live;
  if (work.kind === "restart") work.configuration = configuration;
  await noteProgress(run.ctx, lease, {
    releaseId: release.id,
    sha: release.sha,
    subject: release.subject,
    authorName: release.authorName,
    previousReleaseId: release.id,
    previousConfigurationId: configuration?.id ?? null,
    configurationId: work.configuration?.id ?? null,
  });
  const isAnother = work.release?.id !== release.id;
  work.release = await readWorkRelease(run.ctx, release.id);
  work.sha = release.sha;
  if (isAnother) await nameAnew(run, release.number);
}

/** Their rows have named the release that was live when it was asked for. */
async function nameAnew(run: Run, releaseNumber: number): Promise<void> {
  for (const name of makesTheArtifact) {
    await finishStep(run.ctx, run.lease, { name, status: "skipped", detail: alreadyBuilt(releaseNumber) });
  }
}
