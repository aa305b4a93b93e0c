import type { DeploymentKind } from "./deployment.ts";
import type { Moment } from "./read-models.ts";
import { remainingMs, type WorkerFit } from "./worker-fit.ts";

/** One that waits or runs. */
export interface InQueue {
  id: number;
  serviceEnvironmentId: number;
  kind: DeploymentKind;
  status: string;
  startedAt: Moment | null;
  expectedMs: number | null;
}

/** Where a deployment stands that waits. */
export interface QueuePlace {
  /** Among those that wait in its service environment, from 1. */
  position: number;
  /** The one right before it, in the same service environment. */
  ahead: { id: number; kind: DeploymentKind } | null;
  /** What it waits for, in words. */
  waitingFor: string;
  /** By the 90th percentile of the like of those before it; null where too little is known. */
  waitsUpToMs: number | null;
}

/** `active` are those that wait or run, also in other service environments. */
export function queuePlace(
  waiting: InQueue,
  active: readonly InQueue[],
  fit: WorkerFit,
  nowMs: number,
): QueuePlace {
  const before = active
    .filter((other) => other.serviceEnvironmentId === waiting.serviceEnvironmentId)
    .filter((other) => goesBefore(other, waiting))
    .sort((one, other) => (goesBefore(one, other) ? -1 : 1));
  const last = before.at(-1);
  const ahead = last === undefined ? null : { id: last.id, kind: last.kind };
  return {
    position: before.filter(({ status }) => status === "queued").length + 1,
    ahead,
    waitingFor: waitingText(ahead, fit),
    waitsUpToMs: fit.state === "absent" ? null : ahead === null ? fit.roomWithinMs : sumOf(before, nowMs),
  };
}

/** The order of the queue: what runs, then switch-backs, then as they were asked for. */
function goesBefore(one: InQueue, other: InQueue): boolean {
  const [rank, otherRank] = [rankOf(one), rankOf(other)];
  return rank === otherRank ? one.id < other.id : rank < otherRank;
}

function rankOf({ status, kind }: InQueue): number {
  if (status === "running") return 0;
  return kind === "switch-back" ? 1 : 2;
}

/** What no worker can take waits for that too, whoever goes first. */
function waitingText(ahead: QueuePlace["ahead"], fit: WorkerFit): string {
  if (ahead === null) return fit.text;
  const first = `Deployment ${ahead.id} (${ahead.kind}) goes first.`;
  return fit.state === "absent" ? `${first} ${fit.text}` : first;
}

function sumOf(before: readonly InQueue[], nowMs: number): number | null {
  let sum = 0;
  for (const deployment of before) {
    const restMs = remainingMs(deployment, nowMs);
    if (restMs === null) return null;
    sum += restMs;
  }
  return sum;
}
