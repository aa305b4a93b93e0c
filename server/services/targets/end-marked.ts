import { setTimeout as delay } from "node:timers/promises";
import { sendSignal } from "#server/kernel/end-process.ts";
import { findMarked, isRunning, type MarkedProcess, type Marks } from "#server/kernel/process-identity.ts";

const pollMs = 20;
const killedWithinMs = 2_000;

/** TERM to all that carry the marks and are `unwanted`, KILL after the grace time. Resolves with how many it were. */
export async function endMarked(
  marks: Marks,
  graceMs: number,
  unwanted: (found: MarkedProcess) => boolean = () => true,
): Promise<number> {
  const find = () => findMarked(marks).filter(unwanted);
  const found = find();
  if (await signalUntilGone(found, "SIGTERM", graceMs)) return found.length;
  await signalUntilGone(find(), "SIGKILL", killedWithinMs);
  return found.length;
}

async function signalUntilGone(
  processes: MarkedProcess[],
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<boolean> {
  for (const { pid } of processes) sendSignal(pid, signal);
  const deadline = performance.now() + withinMs;
  while (processes.some(({ pid, startedAt }) => isRunning(pid, startedAt))) {
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}
