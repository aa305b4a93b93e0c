import type { Command } from "#server/domain/service-settings.ts";
import { limitOutput } from "./output.ts";
import { runStepCommand, type StepCommandRun } from "./run-step-command.ts";

export type CommandsRun = Omit<StepCommandRun, "command"> & { commands: readonly Command[] };

/** Runs a step's commands one after the other; the first that fails ends the step with a StepError. */
export async function runCommands(run: CommandsRun): Promise<void> {
  const output = limitOutput(run.output);
  try {
    for (const command of run.commands) await runStepCommand({ ...run, output, command });
  } finally {
    output.close();
  }
}
