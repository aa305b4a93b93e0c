import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, fchownSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Confinement } from "#server/kernel/confinement.ts";
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
  confinement: Confinement;
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
  const held = ["/bin/sh", "-c", 'exec "$@" 3<&-', "sh", ...shell] as const;
  const program = programUnder(launch.account, launch.folder, held);
  const { file, parameters, options } = launch.confinement.gate(program);
  const memoryKillsBefore = countMemoryKills();
  const child = spawn(file, parameters, {
    ...options,
    env: { ...launch.environment, ...launch.marks } as unknown as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", output, output, "pipe"],
  });
  closeSync(output);
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (exitCode, signal) => {
      const hits = launch.confinement.hits();
      resolve(howItEnded({ exitCode, signal, memoryKillsBefore, hits }));
    });
  });
  if (child.pid === undefined) throw new Error(`\`${launch.command}\` could not be started.`);
  openGate(child, child.pid, launch.confinement);
  child.unref();
  return { pid: child.pid, startedAt: startTimeOf(child.pid) ?? "gone", marks: launch.marks, exited };
}

/** Once it is held within its limits; one that cannot be does not run. */
function openGate(child: ChildProcess, pid: number, confinement: Confinement): void {
  const gate = child.stdio[3] as Writable;
  // One that has ended already has nobody to read it.
  gate.on("error", () => gate.destroy());
  try {
    confinement.admit(pid);
    gate.end("\n");
  } catch (error) {
    gate.destroy();
    throw error;
  }
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
