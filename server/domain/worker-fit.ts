import { formatDurationMs } from "./durations.ts";
import type { Moment } from "./read-models.ts";

/** Whether a worker can take a deployment, and the words for it wherever somebody asks why it waits. */

export interface WorkerFacts {
  isAlive: boolean;
  labels: readonly string[];
  /** How many deployments it runs at once. */
  capacity: number;
  running: readonly RunningFacts[];
}

export interface RunningFacts {
  startedAt: Moment | null;
  /** The 90th percentile of the like before it. */
  expectedMs: number | null;
}

export interface WorkerFit {
  /** `absent`: nobody could take it. `busy`: all who could are full. `free`: somebody has room. */
  state: "absent" | "busy" | "free";
  text: string;
  /** When there is room, as far as is known; 0 where there is. */
  roomWithinMs: number | null;
}

export function mayTake(worker: Pick<WorkerFacts, "labels">, label: string | null): boolean {
  return label === null || worker.labels.includes(label);
}

export function isFull(worker: { capacity: number; running: readonly unknown[] }): boolean {
  return worker.running.length >= worker.capacity;
}

/** `label` is what the service environment asks for; null means that any worker will do. */
export function workerFit(label: string | null, workers: readonly WorkerFacts[], nowMs: number): WorkerFit {
  const alive = workers.filter((worker) => worker.isAlive);
  const fitting = alive.filter((worker) => mayTake(worker, label));
  if (fitting.length === 0) return { state: "absent", text: absentText(label, alive), roomWithinMs: null };
  if (fitting.every(isFull)) return busy(fitting, nowMs);
  return { state: "free", text: "It starts at once: a worker has room.", roomWithinMs: 0 };
}

function absentText(label: string | null, alive: readonly WorkerFacts[]): string {
  if (label === null) return "No worker is alive. It starts as soon as one is.";
  if (alive.length === 0) {
    return `No worker is alive. It starts as soon as one with the label \`${label}\` is.`;
  }
  const labels = [...new Set(alive.flatMap((worker) => worker.labels))].sort();
  const those =
    labels.length === 0
      ? "Those that are alive have no label."
      : `Labels of those that are alive: ${labels.map((known) => `\`${known}\``).join(", ")}.`;
  return (
    `No worker with the label \`${label}\` is alive. ${those} Start one with \`ANYTIME_WORKER_LABELS=${label}\`, ` +
    "or ask for another label in the service's settings."
  );
}

function busy(fitting: readonly WorkerFacts[], nowMs: number): WorkerFit {
  const running = fitting.flatMap((worker) => worker.running);
  const who =
    fitting.length === 1
      ? "The one worker that may take it is full"
      : `All ${fitting.length} workers that may take it are full`;
  const since = latest(running);
  const what = `${running.length} ${running.length === 1 ? "deployment runs" : "deployments run"}`;
  const roomWithinMs = soonestEnd(running, nowMs);
  const which = running.length === 1 ? "It" : "One of them";
  return {
    state: "busy",
    text: `${who}: ${what}${since === null ? "" : ` since ${since}`}. ${roomText(which, roomWithinMs)}`,
    roomWithinMs,
  };
}

/** The last place was taken by the one that started last: `14:03 UTC`. */
function latest(running: readonly RunningFacts[]): string | null {
  const starts = running.flatMap(({ startedAt }) => startedAt ?? []).sort();
  const last = starts.at(-1);
  if (last === undefined) return null;
  const time = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" } as const;
  return `${new Date(last).toLocaleTimeString("en-GB", time)} UTC`;
}

function soonestEnd(running: readonly RunningFacts[], nowMs: number): number | null {
  const ends = running.flatMap((deployment) => remainingMs(deployment, nowMs) ?? []);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** How long it still takes, by the like before it; null where nothing is known. */
export function remainingMs({ startedAt, expectedMs }: RunningFacts, nowMs: number): number | null {
  if (expectedMs === null) return null;
  const elapsedMs = startedAt === null ? 0 : nowMs - new Date(startedAt).getTime();
  return Math.max(0, expectedMs - Math.max(0, elapsedMs));
}

function roomText(which: string, roomWithinMs: number | null): string {
  if (roomWithinMs === null) return "There is room as soon as one ends.";
  if (roomWithinMs < 1_000) return `${which} should end any moment.`;
  return `${which} should end within ${formatDurationMs(roomWithinMs)}.`;
}
