import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** A child spawned with `detached` leads a process group of its own: these act on all of that group. */

const gracePeriodMs = 5_000;

export function signalGroup(leaderPid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leaderPid, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Asks the whole group to end, and kills after the grace period what has not. Resolves when none is left. */
export async function endGroup(leaderPid: number): Promise<void> {
  signalGroup(leaderPid, "SIGTERM");
  const deadline = performance.now() + gracePeriodMs;
  for (let pauseMs = 5; (await groupRuns(leaderPid)) && performance.now() < deadline; pauseMs *= 1.5) {
    await delay(Math.min(pauseMs, 100));
  }
  signalGroup(leaderPid, "SIGKILL");
}

async function groupRuns(leaderPid: number): Promise<boolean> {
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
