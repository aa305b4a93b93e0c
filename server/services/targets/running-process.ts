import { spawn } from "node:child_process";
import { closeSync, existsSync, fchownSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Leader } from "#server/kernel/end-process.ts";
import { countMemoryKills, howItEnded } from "#server/kernel/out-of-memory.ts";
import { isRunning, type Marks, type ProcessIdentity, startTimeOf } from "#server/kernel/process-identity.ts";
import { programUnder } from "#server/kernel/program-under.ts";
import type { Account } from "#server/kernel/service-accounts.ts";

export interface RunningProcess extends Leader {
  /** Resolves with how it ended, in words. */
  exited: Promise<string>;
}

export interface Launch {
  command: string;
  folder: string;
  environment: Record<string, string>;
  /** Laid over the environment. */
  marks: Marks;
  outputFile: string;
  account: Account;
}

const adoptedPollMs = 250;

/**
 * Starts a command as leader of its own process group, with its output in a file: it lives on when this process ends.
 * Throws where it cannot be started at all.
 */
export function launchProcess(launch: Launch): RunningProcess {
  if (!existsSync(launch.folder)) throw new Error(`The folder ${launch.folder} does not exist.`);
  mkdirSync(dirname(launch.outputFile), { recursive: true });
  const output = openSync(launch.outputFile, "a", 0o600);
  // Its own, since programs that are told to write to /dev/stdout open it again.
  if (launch.account !== null) fchownSync(output, launch.account.uid, launch.account.gid);
  const shell = ["/bin/sh", "-c", launch.command] as const;
  const { file, parameters, options } = programUnder(launch.account, launch.folder, shell);
  const memoryKillsBefore = countMemoryKills();
  const child = spawn(file, parameters, {
    ...options,
    env: { ...launch.environment, ...launch.marks } as unknown as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (exitCode, signal) => resolve(howItEnded({ exitCode, signal, memoryKillsBefore })));
  });
  if (child.pid === undefined) throw new Error(`\`${launch.command}\` could not be started.`);
  child.unref();
  return { pid: child.pid, startedAt: startTimeOf(child.pid) ?? "gone", marks: launch.marks, exited };
}

/** Looks after a process that another life of this worker started; null where it runs no more. */
export function adoptProcess(
  found: ProcessIdentity,
  marks: Marks,
  signal: AbortSignal,
): RunningProcess | null {
  const { pid, startedAt } = found;
  if (!isRunning(pid, startedAt)) return null;
  return { pid, startedAt, marks, exited: untilGone(pid, startedAt, signal) };
}

async function untilGone(pid: number, startedAt: string, signal: AbortSignal): Promise<string> {
  while (isRunning(pid, startedAt) && !signal.aborted) {
    await delay(adoptedPollMs, undefined, { ref: false });
  }
  return "ended while nobody waited for its exit code";
}
