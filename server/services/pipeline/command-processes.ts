import { setTimeout as delay } from "node:timers/promises";
import { findMarked } from "#server/kernel/process-identity.ts";
import { groupRuns, signalGroup, signalProcess } from "./process-group.ts";

/** What a command has started: its group, and what left the group (`setsid`) but still carries its mark. */
export interface CommandProcesses {
  leaderPid: number;
  /** The value of `markVariable` in the environment of this command alone. */
  mark: string;
}

export const markVariable = "ANYTIME_COMMAND";

/** A worker that lost its lease says so three seconds before another may take it: all must be over by then. */
const gracePeriodMs = 2_000;
const killedWithinMs = 1_000;

/** Asks all of them to end, and kills after the grace period what has not. Resolves when none is left. */
export async function endCommand(processes: CommandProcesses): Promise<void> {
  signalGroup(processes.leaderPid, "SIGTERM");
  signalMarked(processes.mark, "SIGTERM");
  const deadline = performance.now() + gracePeriodMs;
  for (let pauseMs = 5; (await anyRuns(processes)) && performance.now() < deadline; pauseMs *= 1.5) {
    await delay(Math.min(pauseMs, 100));
  }
  await killCommand(processes);
}

/** Again until none is found: one that is forking has a child that the first look does not see. */
export async function killCommand({ leaderPid, mark }: CommandProcesses): Promise<void> {
  signalGroup(leaderPid, "SIGKILL");
  const deadline = performance.now() + killedWithinMs;
  while (signalMarked(mark, "SIGKILL") > 0 && performance.now() < deadline) await delay(5);
}

async function anyRuns({ leaderPid, mark }: CommandProcesses): Promise<boolean> {
  return findMarked(markVariable, mark).length > 0 || (await groupRuns(leaderPid));
}

/** Returns how many there were. */
function signalMarked(mark: string, signal: NodeJS.Signals): number {
  const marked = findMarked(markVariable, mark);
  for (const { pid } of marked) signalProcess(pid, signal);
  return marked.length;
}
