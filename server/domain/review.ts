import { formatDurationMs } from "./durations.ts";
import { eventsNeeded } from "./events-needed.ts";
import type { ReleaseNumbers, WatchOutcome } from "./release-watch.ts";
import { type Answer, alphas, type Control } from "./verdict.ts";

/** How a review ended, or that it goes on. */
export const reviewStates = ["open", "watched", "unwatched"] as const;
export type ReviewState = (typeof reviewStates)[number];

/** That a release is watched from now on, and that it was found worse: what whoever deployed it is told by mail. */
export const reviewMailKinds = ["opened", "worse"] as const;
export type ReviewMailKind = (typeof reviewMailKinds)[number];

/** So long after its switch a release is watched. */
export const watchMinutes = 30;

export interface Review {
  deploymentId: number;
  serviceSlug: string;
  serviceName: string;
  environmentSlug: string;
  environmentName: string;
  /** Numbers of the releases; null where there was none before, or the new one is none. */
  releaseNumber: number | null;
  previousNumber: number | null;
  subject: string;
  state: ReviewState;
  /** ISO 8601, in UTC, each. */
  openedAt: string;
  watchUntil: string;
  /** Null until there was anything to look at. */
  outcome: WatchOutcome | null;
  /** When the answer was found that it has now. */
  answeredAt: string | null;
  watchedByName: string | null;
  watchedAt: string | null;
  /** Whether whoever looks has deployed it. */
  isMine: boolean;
}

export const answerWords: Record<Answer, string> = {
  worse: "Worse",
  "no-worse": "No worse",
  "not-enough-data": "Not enough data yet",
};

export const controlWords: Record<Control, string> = {
  controlled: "side by side",
  "before-after": "before and after",
};

/** `Hello #42 in Production`. */
export function releasePlace({ serviceName, releaseNumber, environmentName }: Review): string {
  const release = releaseNumber === null ? "" : ` #${releaseNumber}`;
  return `${serviceName}${release} in ${environmentName}`;
}

/** Only side by side it is sure. */
export function worseWord(outcome: WatchOutcome | null): string {
  return outcome?.control === "controlled" ? answerWords.worse : "Probably worse";
}

/** The verdict as a sentence: “No worse than #41: errors 0.9 % against 1.0 %, p95 212 ms against 208 ms; 10,412 requests, side by side.” */
export function verdictSentence(outcome: WatchOutcome | null, previousNumber: number | null): string {
  if (outcome === null || outcome.ofNew.requests === 0)
    return "Nobody has used it yet: without traffic nothing can be said.";
  const { answer, control, signal, ofNew, ofOld } = outcome;
  const than = previousNumber === null ? "the time before" : `#${previousNumber}`;
  // Where nothing was served before, its own numbers stand alone.
  const against = (before: string) => (ofOld.requests === 0 ? "" : ` against ${before}`);
  const errors = `errors ${percent(ofNew)}${against(percent(ofOld))}`;
  const p95 =
    ofNew.p95Ms === null || (ofOld.p95Ms === null && ofOld.requests > 0)
      ? null
      : `p95 ${ms(ofNew.p95Ms)}${against(ms(ofOld.p95Ms ?? 0))}`;
  const facts = signal?.kind === "latency" ? [p95, errors] : [errors, p95];
  const numbers = facts.filter((fact) => fact !== null).join(", ");
  const basis = `${ofNew.requests.toLocaleString("en")} requests, ${controlWords[control]}`;
  if (answer === "not-enough-data") return `Not enough data yet: so far ${numbers}; ${basis}.`;
  if (answer === "no-worse") return `No worse than ${than}: ${numbers}; ${basis}.`;
  return `${worseWord(outcome)} than ${than}: ${numbers}; ${basis}.`;
}

/** How much longer until a doubling of the errors can be told at this traffic, in words; null where an answer is there. */
export function waitingSentence(outcome: WatchOutcome | null): string | null {
  if (outcome === null || outcome.answer !== "not-enough-data" || outcome.minutes <= 0) return null;
  const { ofNew, ofOld, control, minutes } = outcome;
  const all = ofNew.requests + (control === "controlled" ? ofOld.requests : 0);
  const share = control === "controlled" ? ofNew.requests / Math.max(1, all) : 0.5;
  const needed = Math.ceil(eventsNeeded(2, share, alphas.worse));
  const rate = (ofNew.errors + ofOld.errors) / Math.max(1, ofNew.requests + ofOld.requests);
  if (rate === 0) return `A doubling of the errors needs about ${needed} of them, and there is none yet.`;
  const perMinute = (all / minutes) * rate * (1 + share);
  const left = Math.max(0, needed - ofNew.errors - (control === "controlled" ? ofOld.errors : 0));
  return `A doubling of the errors needs about ${needed} of them: about ${formatDurationMs((left / perMinute) * 60_000)} more at this traffic.`;
}

function percent({ errors, requests }: ReleaseNumbers): string {
  if (requests === 0) return "–";
  const rate = (errors / requests) * 100;
  return `${rate.toFixed(rate > 0 && rate < 0.1 ? 2 : 1)} %`;
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}
