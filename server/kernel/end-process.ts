import { setTimeout as delay } from "node:timers/promises";
import {
  findMarked,
  groupHasLiving,
  groupOf,
  isRunning,
  type Marks,
  type ProcessIdentity,
  startTimeOf,
} from "./process-identity.ts";

/** The first process of a group, which it has the number of, with the marks of all that it starts. */
export interface Leader extends ProcessIdentity {
  /** In the environment of all that it starts: what leaves its group is found by them. */
  marks: Marks;
}

const killGraceMs = 10_000;
const killedWithinMs = 2_000;
const longestPauseMs = 20;

/** TERM to its group and to what has left it, KILL after ten seconds. Resolves when nothing of it runs. */
export async function endProcess(leader: Leader, graceMs = killGraceMs): Promise<void> {
  if (await signalUntilGone(leader, "SIGTERM", graceMs)) return;
  await signalUntilGone(leader, "SIGKILL", killedWithinMs);
}

/** Ends at once what a leader that died has left behind, in its group and out of it. Resolves when nothing of it runs. */
export async function killLeftBehind(leader: Leader): Promise<void> {
  await signalUntilGone(leader, "SIGKILL", killedWithinMs);
}

/** KILL to everything that carries these marks now, without waiting for it. */
export function killMarked(marks: Marks): void {
  for (const { pid } of findMarked(marks)) sendSignal(pid, "SIGKILL");
}

async function signalUntilGone(leader: Leader, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  const signalOutsiders = () => {
    const outsiders = findOutsiders(leader);
    for (const { pid } of outsiders) sendSignal(pid, signal);
    return outsiders;
  };
  if (mayStillBeItsGroup(leader)) signalGroup(leader.pid, signal);
  let told = signalOutsiders();
  for (let pauseMs = 1; performance.now() < deadline; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    if (!hasGroup(leader) && !told.some(({ pid, startedAt }) => isRunning(pid, startedAt))) {
      // What was told may have started another before it ended.
      told = signalOutsiders();
      if (told.length === 0) return true;
    }
    await delay(pauseMs);
  }
  return false;
}

/** Processes of it that have left its group, as daemons do. */
export function findOutsiders({ pid, marks }: Leader): ProcessIdentity[] {
  return findMarked(marks).filter((found) => groupOf(found.pid) !== pid);
}

function hasGroup(leader: Leader): boolean {
  if (!mayStillBeItsGroup(leader) || !signalGroup(leader.pid, 0)) return false;
  return isRunning(leader.pid, leader.startedAt) || groupHasLiving(leader.pid);
}

/** A number is not given out again while a group bears it: only a process of another start time is a stranger. */
function mayStillBeItsGroup(leader: Leader): boolean {
  const startedAt = startTimeOf(leader.pid);
  return startedAt === null || startedAt === leader.startedAt;
}

/** False where no process of the group is left. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals | 0): boolean {
  return sendSignal(-leaderPid, signal);
}

/** False where there is no such process, or none of ours; a negative number means the group. */
export function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    // Some systems answer EPERM for a group in which only dead processes are left.
    if (["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
