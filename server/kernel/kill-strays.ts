import { setTimeout as delay } from "node:timers/promises";
import { sendSignal } from "./end-process.ts";
import { listProcessesOf, startTimeOf } from "./process-identity.ts";

const goneWithinMs = 2_000;
const pauseMs = 10;

/**
 * Ends what a service has left that wiped its environment: where no process of its uid bears the mark of a step or an
 * instance, none belongs to one. Where one does, what has no mark may be its own, and stays.
 */
export async function killStraysOf(uid: number): Promise<void> {
  const deadline = performance.now() + goneWithinMs;
  while (performance.now() < deadline) {
    const found = listProcessesOf(uid).filter(({ pid }) => startTimeOf(pid) !== null);
    if (found.length === 0 || found.some(({ assignments }) => isMarked(assignments))) return;
    for (const { pid } of found) sendSignal(pid, "SIGKILL");
    await delay(pauseMs);
  }
}

function isMarked(assignments: readonly string[]): boolean {
  return assignments.some((assignment) => assignment.startsWith("ANYTIME_OWNER="));
}
