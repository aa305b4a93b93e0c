import { z } from "zod";
import { shortSha } from "./act-labels.ts";
import { type DeploymentKind, keepsRelease } from "./deployment.ts";
import { formatDurationMs } from "./durations.ts";
import { type Hold, holdText, isHeldBy } from "./holds.ts";
import type { Moment } from "./read-models.ts";
import type { Reason } from "./reasons.ts";

/** A deployment for a later time: it waits in the queue beside the others, and machines look again when its time has come. */

export const mostDaysAhead = 90;
const dayMs = 24 * 3_600_000;

/** With an offset: a time without one means another moment in each place. */
const instant = z.iso.datetime({ offset: true });

/** The moment that is wished for, or what is wrong with it, in words. */
export function parseSchedule(
  text: string,
  now: Date,
): { at: Date; problem: null } | { at: null; problem: string } {
  const at = instant.safeParse(text).success ? new Date(text) : null;
  if (at === null || Number.isNaN(at.getTime())) {
    return { at: null, problem: "Give a date and a time with its zone, such as 2026-11-26T09:00:00Z." };
  }
  if (at <= now) return { at: null, problem: "This time is over: choose a later one, or deploy now." };
  if (at.getTime() - now.getTime() > mostDaysAhead * dayMs) {
    return { at: null, problem: `At most ${mostDaysAhead} days ahead: the code will have moved on by then.` };
  }
  return { at, problem: null };
}

/** Why such a deployment is not for later, in words; null where it may be. */
export function scheduleRefusal(kind: DeploymentKind): string | null {
  if (kind === "switch-back") return "A switch-back is help, and help never waits: switch back now.";
  return keepsRelease(kind)
    ? `Only what ships a commit or a release can wait for a time: ask for the ${kind} when its time has come.`
    : null;
}

/** `Schedule 3f2a91c for production`, `Schedule #43 for production` */
export function scheduleLabel(
  kind: DeploymentKind,
  what: { sha: string; releaseNumber: number | null; environmentSlug: string },
): string {
  if (kind !== "promote") return `Schedule ${shortSha(what.sha)} for ${what.environmentSlug}`;
  return `Schedule #${what.releaseNumber} for ${what.environmentSlug}`;
}

/** Whether its time has still to come: nobody waits behind it, and no worker takes it. */
export function isScheduledLater(deployment: {
  scheduledFor: Moment | null;
  scheduleReachedAt: Moment | null;
}): boolean {
  return deployment.scheduledFor !== null && deployment.scheduleReachedAt === null;
}

/** What a deployment for later waits for, in words. */
export function waitsForTimeText(
  deployment: { scheduledFor: Moment | null; serviceSlug: string; environmentSlug: string },
  holds: readonly Hold[],
  nowMs: number,
): string {
  if (new Date(deployment.scheduledFor ?? "").getTime() > nowMs) {
    return "It waits for its time, and nobody waits behind it. Machines look again then whether anything speaks against it.";
  }
  const hold = holds.find((one) => isHeldBy(one, deployment));
  return hold === undefined
    ? "Its time has come: the monitor is looking whether anything speaks against it."
    : `Its time has come, but ${holdText(hold)} It starts once that is over.`;
}

/** What is known now about a deployment for later: what may be otherwise by then does not stop it yet. */
export function reasonsForLater(found: readonly Reason[], conditions: readonly Reason[]): Reason[] {
  const later = (reason: Reason): Reason =>
    reason.weight === "stops"
      ? { weight: "warns", text: `${reason.text} Machines look again when its time has come.` }
      : reason;
  return [
    // Who goes first, and whether a worker is there, is another matter by then.
    ...found
      .filter(({ weight }) => weight !== "waits")
      .map((reason) => (reason.endsByItself === true ? later(reason) : reason)),
    ...conditions.map(later),
  ];
}

export type DueDecision = { act: "start" } | { act: "wait" } | { act: "cancel"; reason: string };

/** What becomes of a deployment whose time has come: what only holds it for a while lets it wait, anything else ends it. */
export function decideDue(reasons: readonly Reason[]): DueDecision {
  const stops = reasons.filter(({ weight }) => weight === "stops");
  const lasting = stops.find(({ endsByItself }) => endsByItself !== true);
  if (lasting !== undefined) return { act: "cancel", reason: `When its time came: ${lasting.text}` };
  return stops.length === 0 ? { act: "start" } : { act: "wait" };
}

/** For so long after its time a repository that does not answer is asked again. */
const patienceMs = 3_600_000;

/** Where nobody could say what would happen: it is tried again for an hour, then given up in words. */
export function decideUnknown(problem: string, lateMs: number): DueDecision {
  return lateMs < patienceMs
    ? { act: "wait" }
    : { act: "cancel", reason: `For an hour after its time nobody could say what would happen: ${problem}` };
}

const onTimeMs = 60_000;

/** `12 min after its time`; null where it was on time, or its time has not come. */
export function latenessText(deployment: {
  scheduledFor: Moment | null;
  scheduleReachedAt: Moment | null;
}): string | null {
  const { scheduledFor, scheduleReachedAt } = deployment;
  if (scheduledFor === null || scheduleReachedAt === null) return null;
  const lateMs = new Date(scheduleReachedAt).getTime() - new Date(scheduledFor).getTime();
  if (lateMs < 0) return `${formatDurationMs(-lateMs)} before its time, by a person`;
  return lateMs < onTimeMs ? null : `${formatDurationMs(lateMs)} after its time`;
}
