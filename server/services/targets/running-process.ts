import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  findMarked,
  groupHasLiving,
  groupOf,
  isRunning,
  type Marks,
  type ProcessIdentity,
  startTimeOf,
} from "#server/kernel/process-identity.ts";

export interface RunningProcess extends ProcessIdentity {
  /** In the environment of all that it starts: what leaves its group is found by them. */
  marks: Marks;
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
}

const adoptedPollMs = 250;
const killGraceMs = 10_000;
const killedWithinMs = 2_000;
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
    env: { ...launch.environment, ...launch.marks } as unknown as NodeJS.ProcessEnv,
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

type Ending = Pick<RunningProcess, "pid" | "startedAt" | "marks">;

/** TERM to its group and to what has left it, KILL after ten seconds. Resolves when nothing of it runs. */
export async function endProcess(running: Ending, graceMs = killGraceMs): Promise<void> {
  if (await signalUntilGone(running, "SIGTERM", graceMs)) return;
  await signalUntilGone(running, "SIGKILL", killedWithinMs);
}

/** Ends at once what a leader that died has left behind, in its group and out of it. */
export async function killLeftBehind(running: Ending): Promise<void> {
  await signalUntilGone(running, "SIGKILL", killedWithinMs);
}

async function signalUntilGone(running: Ending, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  const signalOutsiders = () => {
    const outsiders = findOutsiders(running);
    for (const { pid } of outsiders) sendSignal(pid, signal);
    return outsiders;
  };
  if (mayStillBeItsGroup(running)) signalGroup(running.pid, signal);
  let told = signalOutsiders();
  while (performance.now() < deadline) {
    if (!hasGroup(running) && !told.some(({ pid, startedAt }) => isRunning(pid, startedAt))) {
      // What was told may have started another before it ended.
      told = signalOutsiders();
      if (told.length === 0) return true;
    }
    await delay(groupPollMs);
  }
  return false;
}

/** Processes of it that have left its group, as daemons do. */
export function findOutsiders({ pid: leader, marks }: Ending): ProcessIdentity[] {
  return findMarked(marks).filter(({ pid }) => groupOf(pid) !== leader);
}

function hasGroup(running: Ending): boolean {
  if (!mayStillBeItsGroup(running) || !signalGroup(running.pid, 0)) return false;
  return isRunning(running.pid, running.startedAt) || groupHasLiving(running.pid);
}

/** A number is not given out again while a group bears it: only a process of another start time is a stranger. */
function mayStillBeItsGroup(running: Ending): boolean {
  const startedAt = startTimeOf(running.pid);
  return startedAt === null || startedAt === running.startedAt;
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
