import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { StepError, UserError } from "#server/kernel/errors.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
import { serviceFolder } from "#server/services/pipeline/service-folder.ts";
import type { TrialInstance } from "#server/services/pipeline/start-for-trial.ts";
import { findSettings } from "./run/find-settings.ts";
import { parseOptions, type RunOptions, usage } from "./run/options.ts";
import { Terminal } from "./run/terminal.ts";
import { runSteps, type Trial } from "./run/trial.ts";

/** `anytime run`: exit code 0 when all went well, 1 when a step failed, 2 for wrong arguments or settings. */
export async function run(parameters: string[]): Promise<number> {
  try {
    const options = parseOptions(parameters);
    if (options !== null) return await runHere(options);
    console.log(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    return 2;
  }
}

/** Ctrl-C and `kill` end the step, or the service, and what was made for the run is removed. */
class Ended extends Error {
  override name = "Ended";
}

async function runHere(options: RunOptions): Promise<number> {
  const found = findSettings(process.cwd(), options.environmentSlug);
  const terminal = new Terminal(process.stdout);
  const source = await serviceFolder(found.folder, found.settings.path);
  const temporaryFolder = mkdtempSync(join(tmpdir(), "anytime-run-"));
  const ending = new AbortController();
  const end = () => ending.abort(new Ended());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  const environment = environmentOf(temporaryFolder, terminal);
  const trial = { ...found, options, terminal, source, temporaryFolder, environment, signal: ending.signal };
  terminal.title(found.serviceSlug, `${options.environmentSlug}, ${found.file}`);
  let instance: TrialInstance | null = null;
  try {
    instance = await runSteps(trial);
    return instance === null || options.once ? 0 : await serve(trial, instance);
  } catch (error) {
    if (error instanceof Ended) terminal.line("Ended before it was done.");
    else if (!(error instanceof StepError)) throw error;
    return 1;
  } finally {
    end();
    await instance?.over;
    rmSync(temporaryFolder, { recursive: true, force: true });
  }
}

function environmentOf(temporaryFolder: string, terminal: Terminal): Record<string, string> {
  const own = join(temporaryFolder, "tmp");
  mkdirSync(own);
  const variables: Record<string, string> = terminal.hasColors ? {} : { NO_COLOR: "1" };
  return scrubbedEnvironment({ home: homedir(), temporaryFolder: own, variables });
}

/** Keeps the service running in front until it is told to end; a service that ends by itself has failed. */
async function serve(trial: Trial, instance: TrialInstance): Promise<number> {
  const { terminal, settings, signal } = trial;
  terminal.line();
  terminal.title(`http://${instance.host}:${instance.port}/`, "Ctrl-C ends it");
  if (settings.target === "process" && settings.instances > 1)
    terminal.note(`One instance runs here. The portal starts ${settings.instances}.`);
  const how = await instance.over;
  if (signal.aborted) return 0;
  terminal.line(`The start command ${how}.`);
  return 1;
}
