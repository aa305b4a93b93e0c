import { join } from "node:path";
import type { ProcessSettings } from "#server/domain/service-settings.ts";
import { StepError } from "#server/kernel/errors.ts";
import { LocalStore } from "#server/services/pipeline/local-store.ts";
import { packageArtifact } from "#server/services/pipeline/package-artifact.ts";
import { runBuild } from "#server/services/pipeline/run-build.ts";
import { runCommands } from "#server/services/pipeline/run-commands.ts";
import { runTests } from "#server/services/pipeline/run-tests.ts";
import { startForTrial, type TrialInstance } from "#server/services/pipeline/start-for-trial.ts";
import { unpackFile } from "#server/services/pipeline/unpack-artifact.ts";
import { untilHealthy } from "#server/services/targets/probe-health.ts";
import type { FoundSettings } from "./find-settings.ts";
import type { RunnableStep, RunOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** One run of the steps on this machine. */
export interface Trial extends FoundSettings {
  options: RunOptions;
  terminal: Terminal;
  /** The service's own folder in the checkout. */
  source: string;
  /** Removed when the run is over. */
  temporaryFolder: string;
  environment: Record<string, string>;
  signal: AbortSignal;
}

/** Runs the steps that were asked for; the instance, where one was started, is healthy. Throws StepError. */
export async function runSteps(trial: Trial): Promise<TrialInstance | null> {
  const { settings, source, environment, signal, terminal } = trial;
  const place = { settings, folder: source, environment, output: terminal, signal };
  const isAsked = (step: RunnableStep) => trial.options.step === null || trial.options.step === step;
  if (isAsked("build")) await commands(trial, "build", settings.build, () => runBuild(place));
  if (isAsked("test")) await commands(trial, "test", settings.test, () => runTests(place));
  if (trial.options.step === "migrate") await migrate(trial);
  if (!isAsked("package") && !isAsked("start")) return null;
  const release = await step(trial, "package", () => pack(trial));
  if (!isAsked("start")) return null;
  if (settings.target === "script") return skipRelease(trial);
  const instance = await step(trial, "start", () => startForTrial(startOf(trial, settings, release)));
  await step(trial, "verify", () => verify(trial, settings, instance, release));
  return instance;
}

/** Its commands change what others use. */
function skipRelease({ terminal }: Trial): null {
  terminal.skipped("start", "release commands are not run here: they would change what runs for others");
  terminal.skipped("verify", "nothing was started");
  return null;
}

async function commands(
  trial: Trial,
  name: string,
  list: readonly unknown[],
  run: () => Promise<void>,
): Promise<void> {
  if (list.length === 0) trial.terminal.skipped(name, `no ${name} command is set`);
  else await step(trial, name, run);
}

async function step<T>(trial: Trial, name: string, work: () => Promise<T>): Promise<T> {
  trial.signal.throwIfAborted();
  trial.terminal.begin(name);
  const startedAt = performance.now();
  try {
    const result = await work();
    trial.terminal.done(name, performance.now() - startedAt);
    return result;
  } catch (error) {
    trial.signal.throwIfAborted();
    if (error instanceof StepError) {
      trial.terminal.failed(name, performance.now() - startedAt, error.message);
    }
    throw error;
  }
}

/** Packs and unpacks as the portal does, so that a file that the settings forget is missed here already. */
async function pack(trial: Trial): Promise<string> {
  const store = new LocalStore(join(trial.temporaryFolder, "artifacts"));
  const { settings, source: folder, terminal: output, signal } = trial;
  const { digest, file } = await packageArtifact({ settings, folder, store, output, signal });
  const release = join(trial.temporaryFolder, "release");
  await unpackFile({ file, digest, folder: release, signal });
  return release;
}

async function migrate(trial: Trial): Promise<void> {
  const { migrate: migration, env } = trial.settings;
  if (migration === null) return trial.terminal.skipped("migrate", "no migration is set");
  const { source: folder, terminal: output, signal } = trial;
  const environment = { ...trial.environment, ...env, ANYTIME_ENVIRONMENT: trial.options.environmentSlug };
  const list = [{ name: "migrate", run: migration.run }];
  await step(trial, "migrate", () => runCommands({ commands: list, folder, environment, output, signal }));
}

function startOf(trial: Trial, settings: ProcessSettings, folder: string) {
  const { environment, serviceSlug, terminal: output, signal } = trial;
  const { environmentSlug } = trial.options;
  return { settings, folder, environment, serviceSlug, environmentSlug, output, signal };
}

async function verify(
  trial: Trial,
  { health, smoke, env }: ProcessSettings,
  instance: TrialInstance,
  folder: string,
): Promise<void> {
  const { host, port } = instance;
  trial.terminal.note(`GET http://${host}:${port}${health.path}`);
  const found = new AbortController();
  const signal = AbortSignal.any([trial.signal, found.signal]);
  const problem = await Promise.race([
    untilHealthy({ host, port, path: health.path }, { timeoutMs: health.timeoutMs, signal }),
    instance.over.then((how) => `the start command ${how}`),
  ]).finally(() => found.abort());
  if (problem !== null) throw new StepError(`The service did not become healthy: ${problem}.`);
  if (smoke === null) return;
  const environment = { ...trial.environment, ...env, ANYTIME_URL: `http://${host}:${port}` };
  const list = [{ name: "smoke", run: smoke }];
  await runCommands({ commands: list, folder, environment, output: trial.terminal, signal: trial.signal });
}
