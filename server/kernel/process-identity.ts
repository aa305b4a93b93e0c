import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { ownerOf, readForeignEnvironments } from "./foreign-environments.ts";

/** Variables in a process's environment by which it is found again, also when it has left its group. */
export type Marks = Readonly<Record<string, string>>;

export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/**
 * A process is known by its id together with the time at which it started, so that a number that was given out again
 * is not mistaken for it; or by a mark in its environment, which all that it starts inherits.
 */
export function startTimeOf(pid: number): string | null {
  return process.platform === "linux" ? linuxStartTime(pid) : portableStartTime(pid);
}

export function isRunning(pid: number, startedAt: string): boolean {
  return startTimeOf(pid) === startedAt;
}

/** Null too for a zombie: it is dead, only not yet reaped by its parent. */
function linuxStartTime(pid: number): string | null {
  const { 0: state, 19: startedAt } = linuxStat(pid);
  return state === "Z" || state === "X" || startedAt === undefined ? null : startedAt;
}

/** The process's group; null where it runs no more. */
export function groupOf(pid: number): number | null {
  const group = process.platform === "linux" ? linuxStat(pid)[2] : portableGroup(pid);
  return group === undefined ? null : Number(group);
}

/** Whether a living process is in the group: `kill` counts a dead one too that nobody has collected yet. */
export function groupHasLiving(group: number): boolean {
  if (process.platform !== "linux") return true;
  return listProcesses().some((pid) => {
    const { 0: state, 2: ownGroup } = linuxStat(pid);
    return Number(ownGroup) === group && state !== "Z" && state !== "X";
  });
}

/** From the third field on; empty where there is no such process. */
function linuxStat(pid: number): string[] {
  const stat = readOrNull(`/proc/${pid}/stat`);
  // The second field is the command in brackets and may hold anything, brackets and blanks included.
  return stat === null ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function portableGroup(pid: number): string | undefined {
  const ps = spawnSync("ps", ["-o", "pgid=", "-p", String(pid)], { encoding: "utf8" });
  return ps.stdout.trim() || undefined;
}

function portableStartTime(pid: number): string | null {
  try {
    const [state, ...started] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
      stdio: ["ignore", "pipe", "ignore"],
    })
      .toString()
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith("Z") ? null : started.join(" ");
  } catch {
    return null;
  }
}

export interface MarkedProcess extends ProcessIdentity {
  variables: ReadonlyMap<string, string>;
}

/** Processes that carry all the marks in their environment, the oldest first. This process is left out. */
export function findMarked(marks: Marks): MarkedProcess[] {
  const wanted = Object.entries(marks).map(([name, value]) => `${name}=${value}`);
  return listEnvironments()
    .filter(({ pid, assignments }) => {
      return pid !== process.pid && wanted.every((mark) => assignments.includes(mark));
    })
    .flatMap(({ pid, assignments }) => {
      const startedAt = startTimeOf(pid);
      return startedAt === null ? [] : { pid, startedAt, variables: parseVariables(assignments) };
    })
    .sort((one, other) => Number(one.startedAt) - Number(other.startedAt) || one.pid - other.pid);
}

/** Processes of a user, with what they were started with. */
export function listProcessesOf(uid: number): { pid: number; assignments: string[] }[] {
  return listEnvironments().filter(({ pid }) => ownerOf(pid)?.uid === uid);
}

/** All processes of this machine with whom each runs as. */
export function listOwners(): { pid: number; owner: { uid: number; gid: number } }[] {
  if (process.platform !== "linux") return [];
  return listProcesses().flatMap((pid) => {
    const owner = ownerOf(pid);
    return owner === null ? [] : { pid, owner };
  });
}

function listEnvironments(): { pid: number; assignments: string[] }[] {
  if (process.platform !== "linux") return portableEnvironments();
  const unreadable: number[] = [];
  const found = listProcesses().map((pid) => {
    const text = readOrNull(`/proc/${pid}/environ`);
    if (text === null) unreadable.push(pid);
    return { pid, text };
  });
  const foreign = readForeignEnvironments(unreadable, startTimeOf);
  return found.map(({ pid, text }) => ({
    pid,
    assignments: (text ?? foreign.get(pid) ?? "").split("\0"),
  }));
}

function listProcesses(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function portableEnvironments() {
  const lines = execFileSync("ps", ["-axEww", "-o", "pid=,command="], { maxBuffer: 64 * 1024 * 1024 })
    .toString()
    .split("\n");
  return lines.map((line) => {
    const [pid, ...assignments] = line.trim().split(" ");
    return { pid: Number(pid), assignments };
  });
}

function parseVariables(assignments: string[]): Map<string, string> {
  return new Map(
    assignments
      .filter((assignment) => assignment.includes("="))
      .map((assignment) => {
        const at = assignment.indexOf("=");
        return [assignment.slice(0, at), assignment.slice(at + 1)];
      }),
  );
}

/** Null where the process has gone meanwhile, or is another user's. */
function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return null;
  }
}
