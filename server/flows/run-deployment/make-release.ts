import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { layConfiguration } from "#server/domain/configuration.ts";
import { alreadyBuilt, makesTheArtifact } from "#server/domain/plan.ts";
import { type SettingsFileInput, settingsFileSchema, settingsFor } from "#server/domain/service-settings.ts";
import { StepError } from "#server/kernel/errors.ts";
import { giveTree } from "#server/kernel/owned-folder.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { readWorkRelease, type WorkRelease } from "#server/services/deployments/read-work.ts";
import { checkoutCommit, ensureCommit } from "#server/services/pipeline/checkout-commit.ts";
import { findRelease } from "#server/services/pipeline/find-release.ts";
import { packageArtifact } from "#server/services/pipeline/package-artifact.ts";
import { readSettings } from "#server/services/pipeline/read-settings.ts";
import { recordRelease } from "#server/services/pipeline/record-release.ts";
import { resolveRef } from "#server/services/pipeline/resolve-ref.ts";
import { runBuild } from "#server/services/pipeline/run-build.ts";
import { runTests } from "#server/services/pipeline/run-tests.ts";
import { serviceFolder } from "#server/services/pipeline/service-folder.ts";
import { serviceAccess } from "../repository-access.ts";
import { accountOf, type Run, type Source, settingsOf, sourceOf } from "./run.ts";
import { runStep, skipStep } from "./run-step.ts";
import { commandsPlace } from "./step-environment.ts";

/** Builds, tests and packs the commit, unless a release of it is there already. */
export async function makeRelease(run: Run): Promise<void> {
  if (run.work.release === null) await checkOut(run);
  if (run.work.release !== null) return takeExisting(run, run.work.release);
  await build(run);
  await test(run);
  await pack(run);
}

async function takeExisting(run: Run, release: WorkRelease): Promise<void> {
  readOwnSettings(run, release.settingsFile);
  for (const name of makesTheArtifact) await skipStep(run, name, alreadyBuilt(release.number));
}

function checkOut(run: Run): Promise<void> {
  return runStep(run, "checkout", async (log) => {
    const { service, sha } = run.work;
    const existing = await findRelease(run.ctx, service.id, sha);
    run.signal.throwIfAborted();
    if (existing !== null) {
      await noteProgress(run.ctx, run.lease, { releaseId: existing.id });
      run.work.release = await readWorkRelease(run.ctx, existing.id);
      return { skipped: alreadyBuilt(run.work.release.number) };
    }
    run.source = await fetchSource(run, log);
    return `${sha.slice(0, 7)} of ${service.repositoryUrl}`;
  });
}

async function fetchSource(run: Run, log: StepLog): Promise<Source> {
  const { service, sha } = run.work;
  const checkoutFolder = join(run.workspace, "source");
  await mkdir(run.workspace, { recursive: true, mode: 0o700 });
  log.note(`Checking out ${sha} of ${service.repositoryUrl}`);
  const wanted = {
    repositoryUrl: service.repositoryUrl,
    mirrorsFolder: run.machine.dataFolder.mirrorsFolder,
    allowedLocalFolders: run.machine.allowedLocalFolders,
    access: await serviceAccess(run.ctx, service, run.machine),
    sha,
    signal: run.signal,
    onProgress: progressIn(run, log),
  };
  const mirror = await ensureCommit(wanted);
  const { fileInput } = await readSettings(mirror, sha, service);
  const settings = readOwnSettings(run, fileInput);
  await checkoutCommit({ ...wanted, ...settings.checkout, folder: checkoutFolder });
  await giveTree(checkoutFolder, accountOf(run));
  return { mirror, folder: await serviceFolder(checkoutFolder, settings.path), settingsFile: fileInput };
}

const progressEveryMs = 5_000;

/** How far a long fetch is, now and then. */
function progressIn(run: Run, log: StepLog): (line: string) => void {
  let last = run.ctx.now().getTime();
  return (line) => {
    const now = run.ctx.now().getTime();
    if (now - last < progressEveryMs) return;
    last = now;
    log.note(line);
  };
}

function readOwnSettings(run: Run, settingsFile: SettingsFileInput) {
  const read = settingsFor(settingsFileSchema.parse(settingsFile), run.work.environmentSlug);
  if (!read.ok) throw new StepError(read.problem);
  run.settings = layConfiguration(read.settings, run.work.configuration);
  return run.settings;
}

async function build(run: Run): Promise<void> {
  const settings = settingsOf(run);
  if (settings.build.length === 0) return skipStep(run, "build", "no build command is set");
  await runStep(run, "build", async (output) => {
    await runBuild({ settings, ...(await commandsPlace(run, sourceOf(run).folder, output)) });
    return settings.build.map((command) => command.name).join(", ");
  });
}

async function test(run: Run): Promise<void> {
  const settings = settingsOf(run);
  if (settings.test.length === 0) return skipStep(run, "test", "no test command is set");
  await runStep(run, "test", async (output) => {
    await runTests({ settings, ...(await commandsPlace(run, sourceOf(run).folder, output)) });
    return settings.test.map((command) => command.name).join(", ");
  });
}

async function pack(run: Run): Promise<void> {
  const { mirror, folder, settingsFile } = sourceOf(run);
  await runStep(run, "package", async (output) => {
    const { artifactsFolder } = run.machine.dataFolder;
    const [commit, artifact] = await Promise.all([
      resolveRef(mirror, run.work.sha),
      packageArtifact({
        settings: settingsOf(run),
        folder,
        artifactsFolder,
        account: accountOf(run),
        output,
        signal: run.signal,
      }),
    ]);
    run.signal.throwIfAborted();
    const serviceId = run.work.service.id;
    const { id, number } = await recordRelease(run.ctx, { serviceId, commit, settingsFile, artifact });
    await noteProgress(run.ctx, run.lease, { releaseId: id });
    run.work.release = await readWorkRelease(run.ctx, id);
    return `release #${number}, ${artifact.fileCount} files`;
  });
}
