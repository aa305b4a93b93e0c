import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { formatBytes } from "#server/domain/bytes.ts";
import type { LimitName, Limits } from "#server/domain/limits.ts";

/**
 * How many processes this machine's kernel has ended for want of memory, in any control group; null where that cannot
 * be known. Who they were stands in the kernel's log, which not everybody may read.
 */
export function countMemoryKills(): number | null {
  if (process.platform !== "linux") return null;
  const found = /^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"));
  return found === null ? null : Number(found[1]);
}

/** 128 and the number of the signal that ended what a shell waited for. */
const killedInShell = 137;

/** What came up against its limits. */
export interface LimitHits {
  limits: Limits;
  /** Processes that the kernel ended for want of memory; null where no limit of its own is held. */
  memoryKills: number | null;
  refusedProcesses: number;
}

export interface Ended {
  /** Null where a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** What the kernel had counted before it started. */
  memoryKillsBefore: number | null;
  /** What it met of its own limits; null where none held it. */
  hits: LimitHits | null;
}

/** How a process ended that nobody here has ended, in words that follow its name. */
export function howItEnded({ exitCode, signal, memoryKillsBefore, hits }: Ended): string {
  const kills = countMemoryKills();
  const wantedMemory =
    hits?.memoryKills === undefined || hits.memoryKills === null
      ? kills !== null && memoryKillsBefore !== null && kills > memoryKillsBefore
      : hits.memoryKills > 0;
  if (signal === "SIGKILL" || exitCode === killedInShell) {
    if (wantedMemory) return `was ended by the kernel for want of memory: ${memoryInWords(hits)}`;
    return "was ended by the signal SIGKILL, which the portal did not send";
  }
  if (exitCode === null) return `was ended by the signal ${signal}`;
  if (exitCode === 127) return "exited with code 127: a command in it was not found";
  if (exitCode === 0) return "exited with code 0";
  const exit = `exited with code ${exitCode}`;
  if (wantedMemory)
    return `${exit}; meanwhile the kernel ended a process for want of memory: ${memoryInWords(hits)}`;
  return hits !== null && hits.refusedProcesses > 0 ? `${exit}; ${refusedInWords(hits)}` : exit;
}

function refusedInWords({ limits }: LimitHits): string {
  return `it wanted more than ${limits.processes} processes and threads, ${remedy("processes")}`;
}

function memoryInWords(hits: LimitHits | null): string {
  if (hits !== null && hits.memoryKills !== null) {
    return `it may take ${formatBytes(hits.limits.memoryBytes)}, ${remedy("memory")}`;
  }
  const { bytes, isLimited } = memoryOfMachine();
  return isLimited ? `the worker's limit is ${formatBytes(bytes)}` : `this machine has ${formatBytes(bytes)}`;
}

function remedy(name: LimitName): string {
  return `its limit. Let it use less, or raise \`limits.${name}\` in its settings or the worker's own limit`;
}

/** What this process and all beside it may take together. */
export function memoryOfMachine(): { bytes: number; isLimited: boolean } {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  // Without a limit it is nothing, or more than there is.
  const isLimited = constrained > 0 && constrained < total;
  return { bytes: isLimited ? constrained : total, isLimited };
}
