import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { LimitName, Limits } from "#server/domain/limits.ts";
import {
  type ControlGroups,
  groupsIn,
  membersOf,
  move,
  readCount,
  readIfThere,
  removeGroup,
} from "./control-groups.ts";
import { sendSignal } from "./end-process.ts";
import { killStraysOf } from "./kill-strays.ts";
import type { LimitHits } from "./out-of-memory.ts";
import type { Program } from "./program-under.ts";
import type { Account } from "./service-accounts.ts";

export interface Confined {
  /** Of this command or instance alone, among all of the worker. */
  name: string;
  limits: Limits;
  /** Steps leave the processors to instances where both want them. */
  kind: "step" | "instance";
  account: Account;
}

/** What holds the processes of one command or instance within its limits, and knows them all, wherever they have gone. */
export interface Confinement {
  /** The program behind a gate: it waits for a line in file 3, and goes without having run where none comes. */
  gate(program: Program): Program;
  /** Takes in a process that waits at its gate. */
  admit(pid: number): void;
  hits(): LimitHits;
  /** KILL to everything in it. Resolves when nothing is. */
  clear(): Promise<void>;
}

export type Confine = (confined: Confined) => Confinement;

/** Of util-linux. */
export const prlimitFile = ["/usr/bin/prlimit", "/bin/prlimit"].find((file) => existsSync(file));

const gateScript = 'ulimit -c 0; echo "$0" >/proc/self/oom_score_adj; read -r _ <&3 || exit 125; exec "$@"';
/** What services run is ended for want of memory before the portal and its database are. */
const killedFirst = { step: 700, instance: 400 };

function behindGate(program: Program, folders: Folders, { kind, limits, account }: Confined): Program {
  const script = process.platform === "linux" ? gateScript : gateScript.replace(/echo [^;]*; /, "");
  const isCounted = !holds(folders, "processes") && account !== null;
  // By the service itself: root in a container mostly may not limit what is another's.
  const counted = isCounted && prlimitFile !== undefined ? [prlimitFile, `--nproc=${limits.processes}`] : [];
  const { file, parameters, options } = program;
  const gate = ["-c", script, String(killedFirst[kind]), ...counted, file, ...parameters];
  return { file: "/bin/sh", parameters: gate, options };
}

export function confineIn(groups: ControlGroups): Confine {
  return (confined) => {
    const folders = [...groups.folders].map(
      ([limit, parent]) => [limit, join(parent, confined.name)] as const,
    );
    for (const [limit, folder] of folders) setLimit(groups.version, limit, folder, confined);
    let cleared: Promise<void> | null = null;
    return {
      gate: (program) => behindGate(program, folders, confined),
      admit: (pid) => admit(pid, folders, confined),
      hits: () => readHits(folders, groups.version, confined.limits),
      clear: () => (cleared ??= clearAll(folders, confined.account)),
    };
  };
}

async function clearAll(folders: Folders, account: Account): Promise<void> {
  await clear(folders.map(([, folder]) => folder));
  if (folders.length === 0 && account !== null) await killStraysOf(account.uid);
}

/** Ends what an earlier life has left in groups that nobody keeps. */
export async function clearOtherGroups(
  groups: ControlGroups,
  isKept: (name: string) => boolean,
): Promise<void> {
  const folders = [...new Set(groups.folders.values())];
  await clear(
    folders.flatMap((parent) =>
      groupsIn(parent)
        .filter((name) => !isKept(name))
        .map((name) => join(parent, name)),
    ),
  );
}

const periodUs = 100_000;

function setLimit(version: 1 | 2, limit: LimitName, folder: string, { limits, kind }: Confined): void {
  mkdirSync(folder, { recursive: true });
  const isStep = kind === "step";
  const quotaUs = Math.round(limits.cpus * periodUs);
  const files: Record<LimitName, [string, string | number][]> = {
    memory:
      version === 2
        ? [
            ["memory.max", limits.memoryBytes],
            ["memory.swap.max", 0],
          ]
        : [
            // Never the lower of the two, whatever was set before.
            ["memory.memsw.limit_in_bytes", -1],
            ["memory.limit_in_bytes", limits.memoryBytes],
            ["memory.memsw.limit_in_bytes", limits.memoryBytes],
          ],
    processes: [["pids.max", limits.processes]],
    cpus:
      version === 2
        ? [
            ["cpu.max", `${quotaUs} ${periodUs}`],
            ["cpu.weight", isStep ? 10 : 100],
          ]
        : [
            ["cpu.cfs_period_us", periodUs],
            ["cpu.cfs_quota_us", quotaUs],
            ["cpu.shares", isStep ? 102 : 1_024],
          ],
  };
  // What runs on from an earlier life and has more memory than it would get now keeps its limit.
  if (limit === "memory" && neededMemory(version, folder) > limits.memoryBytes) return;
  for (const [file, value] of files[limit]) {
    // Swap is accounted for on some machines alone.
    if (existsSync(join(folder, file)) && !writeUnlessInUse(join(folder, file), String(value))) return;
  }
}

/** All but what the kernel can have back. Under a lower limit version 2 ends what runs; version 1 refuses to set it. */
function neededMemory(version: 1 | 2, folder: string): number {
  const ofFiles = ["inactive_file", "active_file", "slab_reclaimable"];
  const counts = ofFiles.map((key) => readCount(folder, "memory.stat", key) ?? 0);
  const usage = readIfThere(join(folder, version === 2 ? "memory.current" : "memory.usage_in_bytes"));
  return counts.reduce((left, count) => left - count, Number(usage ?? 0));
}

/** False where it has grown meanwhile. */
function writeUnlessInUse(file: string, value: string): boolean {
  try {
    writeFileSync(file, value);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw error;
  }
}

type Folders = readonly (readonly [LimitName, string])[];

function holds(folders: Folders, limit: LimitName): boolean {
  return folders.some(([held]) => held === limit);
}

function admit(pid: number, folders: Folders, { kind }: Confined): void {
  for (const [, folder] of folders) move(pid, folder);
  if (!holds(folders, "cpus") && kind === "step") setPriority(pid, 10);
}

function readHits(folders: Folders, version: 1 | 2, limits: Limits): LimitHits {
  const folder = new Map(folders);
  const memory = folder.get("memory");
  const processes = folder.get("processes");
  const events = version === 2 ? "memory.events" : "memory.oom_control";
  return {
    limits,
    memoryKills: memory === undefined ? null : readCount(memory, events, "oom_kill"),
    refusedProcesses: (processes === undefined ? null : readCount(processes, "pids.events", "max")) ?? 0,
  };
}

const goneWithinMs = 5_000;
const longestPauseMs = 20;
/** None can start another: what multiplies is gone at once. Version 2 ends them itself, also where it does not count them. */
const blows = [
  ["pids.max", "0"],
  ["cgroup.kill", "1"],
] as const;

async function clear(folders: string[]): Promise<void> {
  const deadline = performance.now() + goneWithinMs;
  for (const [name, value] of blows) {
    for (const file of folders.map((folder) => join(folder, name)).filter((file) => existsSync(file))) {
      writeFileSync(file, value);
    }
  }
  let left = folders;
  for (let pauseMs = 1; performance.now() < deadline; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    for (const pid of new Set(left.flatMap(membersOf))) sendSignal(pid, "SIGKILL");
    left = left.filter((folder) => !removeGroup(folder));
    if (left.length === 0) return;
    await delay(pauseMs);
  }
}
