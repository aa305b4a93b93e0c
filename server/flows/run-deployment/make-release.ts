import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { layConfiguration } from "#server/domain/configuration.ts";
import { alreadyBuilt, makesArtifact, makesTheArtifact } from "#server/domain/plan.ts";
import { type SettingsFileInput, storedSettingsFor } from "#server/domain/service-settings.ts";
import { StepError } from "#server/kernel/errors.ts";
import { giveTree } from "#server/kernel/owned-folder.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { readWorkRelease, type WorkRelease } from "#server/services/deployments/read-work.ts";
import { checkoutCommit, ensureCommit } from "#server/services/pipeline/checkout-commit.ts";
import { findRelease } from "#server/services/pipeline/find-release.ts";
import { packageArtifact } from "#server/services/pipeline/package-artifact.ts";
import { readSettings } from "#server/services/pipeline/read-settings.ts";
import { recordRebuild } from "#server/services/pipeline/record-rebuild.ts";
import { recordRelease } from "#server/services/pipeline/record-release.ts";
import { type ArtifactFacts, rememberArtifact } from "#server/services/pipeline/remember-artifact.ts";
import { resolveRef } from "#server/services/pipeline/resolve-ref.ts";
import { runBuild } from "#server/services/pipeline/run-build.ts";
import { runTests } from "#server/services/pipeline/run-tests.ts";
import { serviceFolder } from "#server/services/pipeline/service-folder.ts";
import { isInUse } from "#server/services/targets/is-in-use.ts";
import { serviceAccess } from "../repository-access.ts";
import { keepCache, restoreCache, toolVariables } from "./build-cache.ts";
import { accountOf, type Run, type Source, settingsOf, sourceOf } from "./run.ts";
import { runStep, skipStep } from "./run-step.ts";
import { commandsPlace } from "./step-environment.ts";

/** Builds, tests and packs the commit, unless a release of it is there already, with its artifact. */
export async function makeRelease(run: Run): Promise<void> {
  if (makesArtifact(run.work.release)) await checkOut(run);
  const { release } = run.work;
  if (release !== null && !makesArtifact(release)) return takeExisting(run, release);
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
      if (!makesArtifact(run.work.release)) return { skipped: alreadyBuilt(run.work.release.number) };
      log.note(`The artifact of #${existing.number} was cleared away: its commit is built again.`);
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
  // What a release ships never changes, whatever has been typed into the portal since.
  const [settingsFile, commit] = await Promise.all([
    run.work.release?.settingsFile ?? readSettings(mirror, sha, service).then(({ fileInput }) => fileInput),
    resolveRef(mirror, sha),
  ]);
  const settings = readOwnSettings(run, settingsFile);
  await checkoutCommit({ ...wanted, ...settings.checkout, mirror, folder: checkoutFolder });
  const folder = await serviceFolder(checkoutFolder, settings.path);
  const kept = await restoreCache(run, { checkout: checkoutFolder, service: folder }, log);
  await giveTree(checkoutFolder, accountOf(run));
  return { commit, folder, settingsFile, kept };
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
  const read = storedSettingsFor(settingsFile, run.work.environmentSlug);
  if (!read.ok) throw new StepError(read.problem);
  run.settings = layConfiguration(read.settings, run.work.configuration);
  return run.settings;
}

async function build(run: Run): Promise<void> {
  const settings = settingsOf(run);
  if (settings.build.length === 0) return skipStep(run, "build", "no build command is set");
  await runStep(run, "build", async (output) => {
    await runBuild({ settings, ...(await buildPlace(run, output)) });
    await keepCache(run, output);
    return settings.build.map((command) => command.name).join(", ");
  });
}

async function test(run: Run): Promise<void> {
  const settings = settingsOf(run);
  if (settings.test.length === 0) return skipStep(run, "test", "no test command is set");
  await runStep(run, "test", async (output) => {
    await runTests({ settings, ...(await buildPlace(run, output)) });
    return settings.test.map((command) => command.name).join(", ");
  });
}

/** Build and test see no more than each other, and what their tools keep. */
async function buildPlace(run: Run, log: StepLog) {
  return commandsPlace(run, sourceOf(run).folder, log, await toolVariables(run));
}

async function pack(run: Run): Promise<void> {
  await runStep(run, "package", async (output) => {
    const { depot } = run.machine;
    const packed = await packageArtifact({
      settings: settingsOf(run),
      folder: sourceOf(run).folder,
      store: depot.local,
      account: accountOf(run),
      output,
      signal: run.signal,
    });
    const artifact = { ...packed, packedByWorkerId: run.machine.workerId };
    try {
      run.signal.throwIfAborted();
      await rememberArtifact(run.ctx, artifact);
      await depot.keep(artifact.digest, artifact.file, run.signal);
    } finally {
      await rm(artifact.file, { force: true });
    }
    run.signal.throwIfAborted();
    const { release } = run.work;
    const detail =
      release === null ? await recordNew(run, artifact) : await recordAgain(run, release, artifact, output);
    return `${detail}, ${artifact.fileCount} files`;
  });
}

async function recordNew(run: Run, artifact: ArtifactFacts): Promise<string> {
  const { commit, settingsFile } = sourceOf(run);
  const serviceId = run.work.service.id;
  const { id, number } = await recordRelease(run.ctx, { serviceId, commit, settingsFile, artifact });
  await noteProgress(run.ctx, run.lease, { releaseId: id });
  run.work.release = await readWorkRelease(run.ctx, id);
  return `release #${number}`;
}

/** The same commit does not always build into the same files: whoever looks is told, before it takes any traffic. */
async function recordAgain(
  run: Run,
  release: WorkRelease,
  { digest }: ArtifactFacts,
  output: StepLog,
): Promise<string> {
  const { id: releaseId, number, artifactDigest: goneDigest } = release;
  const isSame = digest === goneDigest;
  if (!isSame && (await isInUse(run.ctx, releaseId))) {
    throw new StepError(
      `#${number} was built again, and its files are not those that run elsewhere under this number ` +
        `(sha256 ${digest}, not ${goneDigest}). Make a new commit and deploy that.`,
    );
  }
  await recordRebuild(run.ctx, { releaseId, goneDigest, digest });
  run.work.release = await readWorkRelease(run.ctx, releaseId);
  output.note(
    isSame
      ? `Built again, #${number} has the very same files as before.`
      : `Built again, #${number} does not have the same files as before: they were sha256 ${goneDigest}.`,
  );
  return isSame
    ? `release #${number} again, the same files`
    : `release #${number} again, not the same files as before`;
}
