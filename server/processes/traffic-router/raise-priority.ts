import { readdirSync } from "node:fs";
import { setPriority } from "node:os";

const ahead = -10;

/**
 * Everybody's requests come through here: on a busy machine they go before builds. So does the end of a router that is
 * killed, which needs the processor to close its listening socket: connects that are given to it until then fail.
 * Without the right to it, all have the same priority.
 */
export function raisePriority(): void {
  try {
    for (const thread of readdirSync("/proc/self/task")) setPriority(Number(thread), ahead);
  } catch {
    // Neither root nor Linux: it is only a help.
  }
}
