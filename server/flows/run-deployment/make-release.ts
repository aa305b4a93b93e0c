import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type Command,
  type SettingsFileInput,
  settingsFileSchema,
  settingsFor,
} from "#server/domain/service-settings.ts";
import { StepError } from "#server/kernel/errors.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { readWorkRelease, type WorkRelease } from "#server/services/deployments/read-work.ts";
import { checkoutCommit } from "#server/services/pipeline/checkout-commit.ts";
import { findRelease } from "#server/services/pipeline/find-release.ts";
import { packArtifact } from "#server/services/pipeline/pack-artifact.ts";
import { readSettings } from "#server/services/pipeline/read-settings.ts";
import { recordRelease } from "#server/services/pipeline/record-release.ts";
import { resolveRef } from "#server/services/pipeline/resolve-ref.ts";
import { type Run, type Source, settingsOf, sourceOf } from "./run.ts";
import { runStepCommand } from "./run-command.ts";
import { runStep, skipStep } from "./run-step.ts";

/** Builds, tests and packs the commit, unless a release of it is there already. */
export async function makeRelease(run: Run): Promise<void> {
  if (run.work.release === null) await checkOut(run);
  if (run.work.release !== null) return takeExisting(run, run.work.release);
  await runCommands(run, "build", settingsOf(run).build);
  await runCommands(run, "test", settingsOf(run).test);
  await pack(run);
}

async function takeExisting(run: Run, release: WorkRelease): Promise<void> {
  readOwnSettings(run, release.settingsFile);
  for (const name of ["checkout", "build", "test", "package"] as const) {
    await skipStep(run, name, alreadyBuilt(release));
  }
}

function alreadyBuilt(release: WorkRelease): string {
  return `#${release.number} is already built`;
}

function checkOut(run: Run): Promise<void> {
  return runStep(run, "checkout", async (log) => {
    const { service, sha } = run.work;
    const existing = await findRelease(run.ctx, service.id, sha);
    if (existing !== null) {
      await noteProgress(run.ctx, run.lease, { releaseId: existing.id });
      run.work.release = await readWorkRelease(run.ctx, existing.id);
      return { skipped: alreadyBuilt(run.work.release) };
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
  const mirror = await checkoutCommit({
    repositoryUrl: service.repositoryUrl,
    mirrorsFolder: run.machine.dataFolder.mirrorsFolder,
    allowedLocalFolders: run.machine.allowedLocalFolders,
    sha,
    folder: checkoutFolder,
    signal: run.signal,
  });
  const settingsFile = service.typedSettings ?? (await readSettings(mirror, sha, service)).fileInput;
  const settings = readOwnSettings(run, settingsFile);
  return { mirror, folder: join(checkoutFolder, settings.path ?? "."), settingsFile };
}

function readOwnSettings(run: Run, settingsFile: SettingsFileInput) {
  const read = settingsFor(settingsFileSchema.parse(settingsFile), run.work.environmentSlug);
  if (!read.ok) throw new StepError(read.problem);
  run.settings = read.settings;
  return read.settings;
}

async function runCommands(run: Run, name: "build" | "test", commands: Command[]): Promise<void> {
  if (commands.length === 0) return skipStep(run, name, `no ${name} command is set`);
  await runStep(run, name, async (log) => {
    for (const command of commands) {
      await runStepCommand(run, log, {
        run: command.run,
        folder: sourceOf(run).folder,
        timeoutMs: command.timeout,
      });
    }
    return commands.map((command) => command.name).join(", ");
  });
}

async function pack(run: Run): Promise<void> {
  const source = sourceOf(run);
  await runStep(run, "package", async (log) => {
    const artifact = await packArtifact({
      folder: source.folder,
      include: settingsOf(run).include,
      artifactsFolder: run.machine.dataFolder.artifactsFolder,
    });
    const commit = await resolveRef(source.mirror, run.work.sha);
    const { id, number } = await recordRelease(run.ctx, {
      serviceId: run.work.service.id,
      commit,
      settingsFile: source.settingsFile,
      artifact,
    });
    await noteProgress(run.ctx, run.lease, { releaseId: id });
    run.work.release = await readWorkRelease(run.ctx, id);
    log.note(
      `Release #${number}: ${artifact.fileCount} files, ${artifact.bytes} bytes, sha256 ${artifact.digest}`,
    );
    return `release #${number}, ${artifact.fileCount} files, ${artifact.bytes} bytes`;
  });
}
