import type { ServiceSettings } from "#server/domain/service-settings.ts";
import { type CommandsRun, runCommands } from "./run-commands.ts";

/** The step `test`: the service's own tests in its checkout, after the build. Throws StepError. */
export function runTests(
  run: Omit<CommandsRun, "commands"> & { settings: Pick<ServiceSettings, "test"> },
): Promise<void> {
  return runCommands({ ...run, commands: run.settings.test });
}
