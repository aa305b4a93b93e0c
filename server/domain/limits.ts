import { formatBytes } from "./bytes.ts";

/** What one command of a step, or one instance, may take of its machine. */
export interface Limits {
  memoryBytes: number;
  /** Threads count, too. */
  processes: number;
  cpus: number;
}

/** What a service asks for in `limits`; null where it says nothing. */
export type WantedLimits = { [Name in keyof Limits]: Limits[Name] | null };

export const limitNames = ["memory", "processes", "cpus"] as const;
export type LimitName = (typeof limitNames)[number];

/** How a worker keeps services apart and within bounds, for who looks after the installation. */
export interface WorkerIsolation {
  /** Each service has a uid of its own there. */
  hasOwnUids: boolean;
  /** Limits that the machine's kernel holds there. */
  held: LimitName[];
  /** What is missing there and what to do about it, in sentences. */
  missing: string[];
}

/** What is asked for, as far as the worker allows it: what it gives unasked is also the most. */
export function limitsWithin(wanted: WantedLimits, most: Limits): Limits {
  return {
    memoryBytes: Math.min(wanted.memoryBytes ?? most.memoryBytes, most.memoryBytes),
    processes: Math.min(wanted.processes ?? most.processes, most.processes),
    cpus: Math.min(wanted.cpus ?? most.cpus, most.cpus),
  };
}

/** What is asked for, in words, by the names that `limits` has for it. */
export function limitTexts({ memoryBytes, processes, cpus }: WantedLimits): Map<LimitName, string> {
  const texts = new Map<LimitName, string>();
  if (memoryBytes !== null) texts.set("memory", formatBytes(memoryBytes));
  if (processes !== null) texts.set("processes", String(processes));
  if (cpus !== null) texts.set("cpus", String(cpus));
  return texts;
}

/** What a service asks for and does not get, in a sentence; null where it gets everything. */
export function tellOfCappedLimits(wanted: WantedLimits, most: Limits): string | null {
  const capped = [
    tellIfCapped("limits.memory", wanted.memoryBytes, most.memoryBytes, formatBytes),
    tellIfCapped("limits.processes", wanted.processes, most.processes, String),
    tellIfCapped("limits.cpus", wanted.cpus, most.cpus, String),
  ].filter((text) => text !== null);
  return capped.length === 0 ? null : `This worker allows less than is asked for: ${capped.join("; ")}.`;
}

function tellIfCapped(
  name: string,
  wanted: number | null,
  most: number,
  inWords: (amount: number) => string,
) {
  return wanted === null || wanted <= most
    ? null
    : `\`${name}\` is ${inWords(most)} here, not ${inWords(wanted)}`;
}
