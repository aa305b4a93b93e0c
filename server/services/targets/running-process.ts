import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning, startTimeOf } from "#server/kernel/process-identity.ts";

export interface RunningProcess {
  pid: number;
  startedAt: string;
  /** Resolves with how it ended, in words. */
  exited: Promise<string>;
}

export interface Launch {
  command: string;
  folder: string;
  environment: Record<string, string>;
  outputFile: string;
}

const adoptedPollMs = 250;
const killGraceMs = 10_000;
const groupPollMs = 20;

/**
 * Starts a command as leader of its own process group, with its output in a file: it lives on when this process ends.
 * Throws where it cannot be started at all.
 */
export function launchProcess(launch: Launch): RunningProcess {
  if (!existsSync(launch.folder)) throw new Error(`The folder ${launch.folder} does not exist.`);
  mkdirSync(dirname(launch.outputFile), { recursive: true });
  const output = openSync(launch.outputFile, "a", 0o600);
  const child = spawn("/bin/sh", ["-c", launch.command], {
    cwd: launch.folder,
    env: launch.environment as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) =>
      resolve(code === null ? `ended by ${signal}` : `exited with code ${code}`),
    );
  });
  if (child.pid === undefined) throw new Error(`\`${launch.command}\` could not be started.`);
  child.unref();
  return { pid: child.pid, startedAt: startTimeOf(child.pid) ?? "gone", exited };
}

/** Looks after a process that another life of this worker started; null where it runs no more. */
export function adoptProcess(pid: number, startedAt: string, signal: AbortSignal): RunningProcess | null {
  if (!isRunning(pid, startedAt)) return null;
  return { pid, startedAt, exited: untilGone(pid, startedAt, signal) };
}

async function untilGone(pid: number, startedAt: string, signal: AbortSignal): Promise<string> {
  while (isRunning(pid, startedAt) && !signal.aborted) {
    await delay(adoptedPollMs, undefined, { ref: false });
  }
  return "ended while nobody waited for its exit code";
}

/** TERM to the whole group, KILL after ten seconds. Resolves when nothing of the group runs. */
export async function endProcess(running: RunningProcess, graceMs = killGraceMs): Promise<void> {
  if (!mayStillBeItsGroup(running)) return;
  signalGroup(running.pid, "SIGTERM");
  if (await groupIsGone(running.pid, graceMs)) return;
  if (!mayStillBeItsGroup(running)) return;
  signalGroup(running.pid, "SIGKILL");
  await groupIsGone(running.pid, 2_000);
}

/** Ends at once what a leader that died has left behind in its group. */
export function killLeftBehind(running: RunningProcess): void {
  if (mayStillBeItsGroup(running)) signalGroup(running.pid, "SIGKILL");
}

/** A number is not given out again while a group bears it: only a process of another start time is a stranger. */
function mayStillBeItsGroup(running: RunningProcess): boolean {
  const startedAt = startTimeOf(running.pid);
  return startedAt === null || startedAt === running.startedAt;
}

async function groupIsGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (!signalGroup(pid, 0)) return true;
    await delay(groupPollMs);
  }
  return false;
}

/** False where no process of the group is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  return sendSignal(-pid, signal);
}

/** False where there is no such process, or group where the number is negative. */
export function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
