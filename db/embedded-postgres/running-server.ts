import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface RunningServer {
  pid: number;
  port: number;
}

const settledWithinMs = 90_000;
const lookEveryMs = 50;

/** The server that holds this cluster, once it is neither starting nor stopping; null where there is none. */
export async function findRunningServer(folder: string): Promise<RunningServer | null> {
  const deadline = performance.now() + settledWithinMs;
  for (;;) {
    const found = readServer(folder);
    if (found === null || found.isReady) return found;
    if (performance.now() > deadline) {
      throw new Error(`PostgreSQL (process ${found.pid}) has been starting or stopping for over a minute.`);
    }
    await delay(lookEveryMs);
  }
}

/** Its pid file has a line each: pid, folder, start time, port, socket folder, address, shared memory, status. */
function readServer(folder: string): (RunningServer & { isReady: boolean }) | null {
  const file = join(folder, "postmaster.pid");
  const lines = readOrNull(file)?.split("\n");
  const pid = Number(lines?.[0]);
  if (lines === undefined || !Number.isInteger(pid) || pid <= 0) return null;
  const holder = holderOf(pid, folder);
  // PostgreSQL takes any living process of its user for a server; only what is certainly none is taken out of its way.
  if (holder === "stranger") rmSync(file, { force: true });
  return holder === "server" ? { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === "ready" } : null;
}

/** A pid is given out again after a crash or reboot. `unknown` leaves the decision to PostgreSQL itself. */
function holderOf(pid: number, folder: string): "server" | "stranger" | "unknown" {
  if (!existsSync("/proc/self")) return portableHolderOf(pid, folder);
  const command = readOrNull(`/proc/${pid}/cmdline`)?.split("\0") ?? [""];
  if (basename(command[0] ?? "") !== "postgres") return "stranger";
  if (command.includes(folder)) return "server";
  // A server works in its cluster's folder: that holds when the data folder was moved meanwhile, too.
  const workingFolder = linkOrNull(`/proc/${pid}/cwd`);
  if (workingFolder === null) return "unknown";
  return workingFolder === realpathSync(folder) ? "server" : "stranger";
}

function portableHolderOf(pid: number, folder: string): "server" | "stranger" {
  const { stdout } = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.includes("postgres") && stdout.includes(folder) ? "server" : "stranger";
}

function readOrNull(file: string): string | null {
  return orNull(() => readFileSync(file, "utf8"));
}

function linkOrNull(path: string): string | null {
  return orNull(() => readlinkSync(path));
}

/** Null where the process or file has gone meanwhile, or is not ours to look into. */
function orNull(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(code)) return null;
    throw error;
  }
}
