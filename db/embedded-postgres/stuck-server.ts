import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import type { RunningServer } from "./running-server.ts";

/** "The database system is starting up", "is in recovery mode", "is not yet accepting connections", "is shutting down". */
const cannotConnectNow = "57P03";
const stuckForMs = 15_000;
const lookEveryMs = 500;
const endsWithinMs = 5_000;

/**
 * Ends a server that takes no connections and has no process that would change that: one that lost its recovery on a full
 * disk goes on like this for good, with room again too. True where it was ended; false at once where it is well.
 */
export async function endIfStuck({ pid }: RunningServer, url: string): Promise<boolean> {
  const deadline = performance.now() + stuckForMs;
  while (performance.now() < deadline) {
    if (!(await refuses(url)) || recovers(pid) || !isAlive(pid)) return false;
    await delay(lookEveryMs);
  }
  process.kill(pid, "SIGQUIT");
  for (const end = performance.now() + endsWithinMs; performance.now() < end && isAlive(pid); ) {
    await delay(lookEveryMs);
  }
  // Its other processes end with it.
  if (isAlive(pid)) process.kill(pid, "SIGKILL");
  return true;
}

/** Whether it says that it takes no connections; one that is shutting down ends by itself. */
async function refuses(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    await sql`select 1`;
    return false;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return code === cannotConnectNow && !String(message).includes("shutting down");
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Nobody can tell elsewhere: then it counts as busy. */
function recovers(pid: number): boolean {
  if (!existsSync("/proc/self/stat")) return true;
  return readdirSync("/proc").some((entry) => {
    if (!/^\d+$/.test(entry) || parentOf(entry) !== pid) return false;
    return readOrNull(`/proc/${entry}/cmdline`)?.startsWith("postgres: startup") === true;
  });
}

function parentOf(pid: string): number | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Null where the process has gone meanwhile. */
function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return null;
  }
}
