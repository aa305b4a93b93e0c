import { formatDurationMs } from "#server/domain/durations.ts";
import type { Confinement } from "#server/kernel/confinement.ts";
import { StepError } from "#server/kernel/errors.ts";
import { howItEnded } from "#server/kernel/out-of-memory.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import type { Output } from "./output.ts";
import { runCommand } from "./run-command.ts";
import { OutOfRoomError, type WhyNot, watchRoom } from "./watch-room.ts";

/** What a command of a step may take where its settings say nothing. */
export const defaultCommandTimeoutMs = 30 * 60_000;

export interface StepCommandRun {
  command: { run: string; timeout?: number | undefined };
  folder: string;
  /** The whole environment of the command: see scrubbedEnvironment. */
  environment: Record<string, string>;
  /** Whom it runs as; where left out, as the portal itself. */
  account?: Account | undefined;
  /** Opens what holds each command within its limits; where left out, nothing does. */
  confine?: (() => Confinement) | undefined;
  /** Asked before a command and while it runs. */
  whyNot?: WhyNot | undefined;
  output: Output;
  signal?: AbortSignal | undefined;
}

/**
 * Runs one command with its output in the log. Throws StepError that says how it failed; on abort its reason, unless the
 * command had done its work all the same.
 */
export async function runStepCommand(run: StepCommandRun): Promise<void> {
  const { run: command, timeout: timeoutMs = defaultCommandTimeoutMs } = run.command;
  const unready = await run.whyNot?.();
  if (typeof unready === "string") {
    throw new OutOfRoomError(`\`${command}\` was not started: ${unready}.`, { wasWriting: false });
  }
  run.output.note(`$ ${command}`);
  const room = watchRoom(run.whyNot ?? (async () => null), run.signal);
  const result = await runCommand({
    command,
    cwd: run.folder,
    env: run.environment,
    account: run.account,
    confine: run.confine,
    timeoutMs,
    signal: room.signal,
    onOutput: (chunk) => run.output.write(chunk),
  }).finally(() => room.stop());
  if (result.exitCode !== 0) run.signal?.throwIfAborted();
  const scarce = await room.stop();
  if (scarce !== null) {
    throw new OutOfRoomError(`\`${command}\` was ended: ${scarce}.`, { wasWriting: true });
  }
  if (result.timedOut) {
    throw new StepError(
      `\`${command}\` was ended: it took longer than ${formatDurationMs(timeoutMs)}, the time limit. ` +
        "A named step may set its own `timeout`.",
    );
  }
  if (result.exitCode !== 0) throw new StepError(`\`${command}\` ${howItEnded(result)}.`);
}
