import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { formatDurationMs } from "#server/domain/durations.ts";
import { StepError } from "#server/kernel/errors.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { runCommand as run } from "#server/services/pipeline/run-command.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
import type { Run } from "./run.ts";

export interface StepCommand {
  run: string;
  folder: string;
  timeoutMs?: number | undefined;
  variables?: Record<string, string>;
}

const longestMs = 60 * 60_000;

/** Runs one of the service's own commands with its output in the log. StepError says how it failed. */
export async function runStepCommand(current: Run, log: StepLog, command: StepCommand): Promise<void> {
  const home = join(current.machine.dataFolder.homesFolder, current.work.service.slug);
  const temporaryFolder = join(current.workspace, "tmp");
  await Promise.all([home, temporaryFolder].map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  log.note(`$ ${command.run}`);
  const timeoutMs = command.timeoutMs ?? longestMs;
  const result = await run({
    command: command.run,
    cwd: command.folder,
    env: scrubbedEnvironment({
      home,
      temporaryFolder,
      variables: { ...command.variables, ...current.machine.markVariables },
    }),
    timeoutMs,
    signal: current.signal,
    onOutput: (chunk) => log.write(chunk),
  });
  current.signal.throwIfAborted();
  if (result.timedOut) {
    throw new StepError(`\`${command.run}\` was ended: it took longer than ${formatDurationMs(timeoutMs)}.`);
  }
  if (result.exitCode === 0) return;
  const how =
    result.exitCode === null ? `was ended by ${result.signal}` : `exited with code ${result.exitCode}`;
  throw new StepError(`\`${command.run}\` ${how}.`);
}
