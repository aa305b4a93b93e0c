import { type DeploymentState, isFinished } from "#server/domain/deployment.ts";
import type { Lease } from "#server/services/deployments/lease.ts";

/** A deployment's row as far as the invariants look at it, read in one statement for all rows. */
export interface Seen extends DeploymentState {
  id: number;
  serviceEnvironmentId: number;
  isSwitchBack: boolean;
  leaseNumber: number;
  workerId: number | null;
  /** By database time: whoever holds it may write. */
  isHeld: boolean;
  isFinishedAt: boolean;
  /** How often its migration was started: counted by whoever did it, not by a row. */
  migrations: number;
}

export interface Snapshot {
  rows: Map<number, Seen>;
  /** The pointer's generation, by service environment. */
  generations: Map<number, number>;
}

/** Something that somebody tried, and whether the database took it. */
export interface Deed {
  event: string;
  deploymentId: number;
  /** Under which it was written; null where nobody needs one. */
  lease: Lease | null;
  done: boolean;
}

/** Everything that is wrong with a round of things that happened at the same time; empty where all is sound. */
export function findViolations(before: Snapshot, deeds: readonly Deed[], after: Snapshot): string[] {
  return [
    ...rowViolations(before, after),
    ...deedViolations(before, deeds),
    ...orderViolations(before, deeds, after),
    ...pointerViolations(before, deeds, after),
  ];
}

function rowViolations(before: Snapshot, after: Snapshot): string[] {
  const found: string[] = [];
  const running = [...after.rows.values()].filter(({ status }) => status === "running");
  if (new Set(running.map((row) => row.serviceEnvironmentId)).size < running.length) {
    found.push("two run in one service environment");
  }
  for (const [id, earlier] of before.rows) {
    const row = after.rows.get(id);
    if (row === undefined) found.push(`${id} is lost`);
    else if (isFinished(earlier.status) && row.status !== earlier.status) found.push(`${id} rose again`);
    else if (earlier.hasSwitched && !row.hasSwitched) found.push(`${id} took its switch back`);
  }
  for (const row of after.rows.values()) {
    const { id, status } = row;
    if (row.migrations > 1) found.push(`the migration of ${id}, which may run once, was started again`);
    if (row.isFinishedAt !== isFinished(status)) found.push(`${id} is ${status}, and its end says otherwise`);
    if (status === "running" && row.workerId === null) found.push(`${id} runs and nobody holds it`);
    if (status === "queued" && row.workerId !== null) found.push(`${id} waits and is held`);
    if (row.hasSwitched && !["running", "succeeded"].includes(status)) {
      found.push(`${id} has switched and is ${status}`);
    }
  }
  return found;
}

function deedViolations(before: Snapshot, deeds: readonly Deed[]): string[] {
  return deeds.flatMap(({ event, deploymentId, lease, done }) => {
    const row = before.rows.get(deploymentId);
    if (!done || row === undefined) return [];
    if (lease !== null && !holds(lease, row)) return `${event} of ${deploymentId} by a former holder`;
    if (event === "cancel" && row.hasSwitched) return `${deploymentId} was cancelled after its switch`;
    return [];
  });
}

export function holds(lease: Lease, row: Seen): boolean {
  return row.isHeld && row.workerId === lease.workerId && row.leaseNumber === lease.leaseNumber;
}

/** Of what waited all through the round, nothing stood ahead of what was claimed in it. */
function orderViolations(before: Snapshot, deeds: readonly Deed[], after: Snapshot): string[] {
  const claimed = deeds.filter(({ event, done }) => event === "claim" && done);
  return claimed.flatMap(({ deploymentId }) => {
    const row = after.rows.get(deploymentId);
    if (row === undefined) return [];
    const passedBy = [...before.rows.values()].filter((other) => {
      const later = after.rows.get(other.id);
      return (
        other.serviceEnvironmentId === row.serviceEnvironmentId &&
        other.status === "queued" &&
        later?.status === "queued" &&
        later.leaseNumber === other.leaseNumber &&
        isAhead(other, row)
      );
    });
    return passedBy.map((other) => `${deploymentId} was claimed before ${other.id}`);
  });
}

/** Switch-backs first, then in the order in which they were asked for. */
function isAhead(one: Seen, other: Seen): boolean {
  if (one.isSwitchBack !== other.isSwitchBack) return one.isSwitchBack;
  return one.id < other.id;
}

/** Each switch raises the generation by one, and nothing else changes it. */
function pointerViolations(before: Snapshot, deeds: readonly Deed[], after: Snapshot): string[] {
  return [...after.generations].flatMap(([serviceEnvironmentId, generation]) => {
    const switches = deeds.filter(({ event, done, deploymentId }) => {
      const row = after.rows.get(deploymentId);
      return event === "switch" && done && row?.serviceEnvironmentId === serviceEnvironmentId;
    });
    const rise = generation - (before.generations.get(serviceEnvironmentId) ?? 0);
    return rise === switches.length ? [] : `generation ${generation} after ${switches.length} switches`;
  });
}
