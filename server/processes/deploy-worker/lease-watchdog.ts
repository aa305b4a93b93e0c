import { killMarked } from "#server/kernel/end-process.ts";
import type { WatchdogOrder } from "./watchdog-link.ts";

/**
 * A process beside the worker that ends what a lease's steps have started when the lease may pass on, also while the
 * worker itself is stopped, stuck or gone. It trusts the machine's monotonic clock, which is one for all processes.
 */
const held = new Map<string, Required<WatchdogOrder>>();
const lookEveryMs = 100;

process.on("message", (order: WatchdogOrder) => {
  const { key, untilMs } = order;
  if (untilMs === null) held.delete(key);
  else held.set(key, order);
});
// The worker is gone: whatever it has left running is nobody's.
process.on("disconnect", () => {
  for (const { marks } of held.values()) killMarked(marks);
  process.exit(0);
});

setInterval(() => {
  const nowMs = Number(process.hrtime.bigint() / 1_000_000n);
  // Again and again while it is overdue: what is found may have started another meanwhile.
  for (const { marks, untilMs } of held.values()) {
    if (untilMs !== null && nowMs >= untilMs) killMarked(marks);
  }
}, lookEveryMs);
