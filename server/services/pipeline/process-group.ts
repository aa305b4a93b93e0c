import { readdir, readFile } from "node:fs/promises";

/** A child spawned with `detached` leads a process group of its own: these act on all of that group. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): void {
  signalProcess(-leaderPid, signal);
}

/** One that has gone meanwhile is none to signal. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Whether any process of the group is still at work. */
export async function groupRuns(leaderPid: number): Promise<boolean> {
  try {
    process.kill(-leaderPid, 0);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
  return process.platform !== "linux" || (await hasLivingMember(leaderPid));
}

/** A dead process that nobody has collected yet still counts as a member for `kill`: it is not waited for. */
async function hasLivingMember(leaderPid: number): Promise<boolean> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(group) === leaderPid && state !== "Z" && state !== "X") return true;
  }
  return false;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM");
}
