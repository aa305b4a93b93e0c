import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { formatBytes } from "#server/domain/bytes.ts";

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

export interface Ended {
  /** Null where a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** What the kernel had counted before it started. */
  memoryKillsBefore: number | null;
}

/** How a process ended that nobody here has ended, in words that follow its name. */
export function howItEnded({ exitCode, signal, memoryKillsBefore }: Ended): string {
  const kills = countMemoryKills();
  const wantedMemory = kills !== null && memoryKillsBefore !== null && kills > memoryKillsBefore;
  if (signal === "SIGKILL" || exitCode === killedInShell) {
    if (wantedMemory) return `was ended by the kernel for want of memory: ${memoryInWords()}`;
    return "was ended by the signal SIGKILL, which the portal did not send";
  }
  if (exitCode === null) return `was ended by the signal ${signal}`;
  if (exitCode === 127) return "exited with code 127: a command in it was not found";
  if (exitCode === 0 || !wantedMemory) return `exited with code ${exitCode}`;
  return `exited with code ${exitCode}; meanwhile the kernel ended a process for want of memory: ${memoryInWords()}`;
}

function memoryInWords(): string {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  // Without a limit it is nothing, or more than there is.
  if (constrained > 0 && constrained < total) return `the worker's limit is ${formatBytes(constrained)}`;
  return `this machine has ${formatBytes(total)}`;
}
