import type { DeploymentKind } from "./deployment.ts";
import type { Hold } from "./holds.ts";
import type { Moment } from "./read-models.ts";
import { isScheduledLater, waitsForTimeText } from "./schedule.ts";
import { remainingMs, type WorkerFit } from "./worker-fit.ts";

/** One that waits or runs. */
export interface InQueue {
  id: number;
  serviceEnvironmentId: number;
  serviceSlug: string;
  environmentSlug: string;
  kind: DeploymentKind;
  status: string;
  requestedAt: Moment;
  scheduledFor: Moment | null;
  scheduleReachedAt: Moment | null;
  startedAt: Moment | null;
  expectedMs: number | null;
}

/** Where a deployment stands that waits. */
export interface QueuePlace {
  /** Among those that wait in its service environment, from 1; null while it waits for its time. */
  position: number | null;
  /** The one right before it, in the same service environment. */
  ahead: { id: number; kind: DeploymentKind } | null;
  /** What it waits for, in words. */
  waitingFor: string;
  /** By the 90th percentile of the like of those before it; null where too little is known. */
  waitsUpToMs: number | null;
}

export interface QueueFacts {
  fit: WorkerFit;
  holds: readonly Hold[];
  nowMs: number;
}

/** `active` are those that wait or run, also in other service environments. */
export function queuePlace(
  waiting: InQueue,
  active: readonly InQueue[],
  { fit, holds, nowMs }: QueueFacts,
): QueuePlace {
  if (isScheduledLater(waiting)) {
    const text = waitsForTimeText(waiting, holds, nowMs);
    return { position: null, ahead: null, waitingFor: text, waitsUpToMs: null };
  }
  const before = active
    .filter((other) => other.serviceEnvironmentId === waiting.serviceEnvironmentId)
    .filter((other) => !isScheduledLater(other) && goesBefore(other, waiting))
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

/** The order of the queue: what runs, then switch-backs, then as they joined it. */
function goesBefore(one: InQueue, other: InQueue): boolean {
  const [rank, otherRank] = [rankOf(one), rankOf(other)];
  if (rank !== otherRank) return rank < otherRank;
  const [joined, otherJoined] = [joinedAt(one), joinedAt(other)];
  return joined === otherJoined ? one.id < other.id : joined < otherJoined;
}

/** One that was asked for a later time joins the queue when that has come. */
function joinedAt({ requestedAt, scheduleReachedAt }: InQueue): Moment {
  return scheduleReachedAt ?? requestedAt;
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
