import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

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
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the command in brackets and may hold anything, brackets and blanks included.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startedAt] = [fields[0], fields[19]];
  return state === "Z" || state === "X" || startedAt === undefined ? null : startedAt;
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

/** Processes that carry `name=value` in their environment, with all of their environment. Own ones are left out. */
export function findMarked(name: string, value: string): { pid: number; variables: Map<string, string> }[] {
  return listEnvironments()
    .filter(({ pid, variables }) => pid !== process.pid && variables.get(name) === value)
    .filter(({ pid }) => startTimeOf(pid) !== null);
}

function listEnvironments(): { pid: number; variables: Map<string, string> }[] {
  if (process.platform !== "linux") return portableEnvironments();
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => ({
      pid: Number(entry),
      variables: parseVariables((readOrNull(`/proc/${entry}/environ`) ?? "").split("\0")),
    }));
}

function portableEnvironments() {
  const lines = execFileSync("ps", ["-axEww", "-o", "pid=,command="], { maxBuffer: 64 * 1024 * 1024 })
    .toString()
    .split("\n");
  return lines.map((line) => {
    const [pid, ...words] = line.trim().split(" ");
    return { pid: Number(pid), variables: parseVariables(words) };
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
