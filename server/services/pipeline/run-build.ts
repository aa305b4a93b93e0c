import type { ServiceSettings } from "#server/domain/service-settings.ts";
import { type CommandsRun, runCommands } from "./run-commands.ts";

/** The step `build`: the service's own build commands in its checkout. Throws StepError. */
export function runBuild(
  run: Omit<CommandsRun, "commands"> & { settings: Pick<ServiceSettings, "build"> },
): Promise<void> {
  return runCommands({ ...run, commands: run.settings.build });
}
