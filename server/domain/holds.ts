import { utcText } from "./moment-text.ts";
import type { Moment } from "./read-models.ts";
import { wellFormedText } from "./text.ts";

/** A time in which nothing is deployed by itself, and people read why before they deploy. */

export const longestHoldDays = 31;

export const holdReasonSchema = wellFormedText
  .trim()
  .min(5, "Say why, in at least 5 characters.")
  .max(300, "Say why in at most 300 characters.");

export type HoldScope =
  | { kind: "everything" }
  | { kind: "environment"; environmentSlug: string; environmentName: string }
  | {
      kind: "service";
      serviceSlug: string;
      serviceName: string;
      environmentSlug: string;
      environmentName: string;
    };

export interface Hold {
  id: number;
  scope: HoldScope;
  reason: string;
  placedByName: string;
  placedAt: Moment;
  endsAt: Moment;
}

/** `Everything`, `Production`, `Hello in Production` */
export function holdName(scope: HoldScope): string {
  if (scope.kind === "everything") return "Everything";
  return scope.kind === "environment"
    ? scope.environmentName
    : `${scope.serviceName} in ${scope.environmentName}`;
}

/** Whether it is about a service in an environment. */
export function isHeldBy({ scope }: Hold, place: { serviceSlug: string; environmentSlug: string }): boolean {
  if (scope.kind === "everything") return true;
  if (scope.environmentSlug !== place.environmentSlug) return false;
  return scope.kind === "environment" || scope.serviceSlug === place.serviceSlug;
}

/** `Production is held until 25 Nov 2026, 18:00 UTC: the shop's big day.` */
export function holdText(hold: Hold): string {
  return `${holdName(hold.scope)} is held until ${utcText(hold.endsAt)}: ${hold.reason.replace(/\.$/, "")}.`;
}

/** Null where such an end will do; else what is wrong with it, in words. */
export function holdEndProblem(endsAt: Date, now: Date): string | null {
  if (Number.isNaN(endsAt.getTime())) return "Say when it ends: a hold ends by itself.";
  if (endsAt <= now) return "It would be over already: choose a later end.";
  const longestMs = longestHoldDays * 24 * 3_600_000;
  return endsAt.getTime() - now.getTime() > longestMs
    ? `A hold lasts ${longestHoldDays} days at most.`
    : null;
}
