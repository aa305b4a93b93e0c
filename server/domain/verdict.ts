import type { Signal, Weighed } from "./release-comparison.ts";

/** The answer to whether a release made anything worse. */
export const answers = ["worse", "no-worse", "not-enough-data"] as const;
export type Answer = (typeof answers)[number];

/** Whether old and new were served side by side, by lot, or the new one is held against the time before it. */
export type Control = "controlled" | "before-after";

export const alphas = { worse: 0.01, noWorse: 0.05 } as const;
export const usualMargin = 1.5;

/** What is smaller than both is no reason to call anybody, however sure it is. */
export const leastEffect = { ratio: 1.1, percentagePoints: 0.1 } as const;

export interface Rates {
  newBad: number;
  newRequests: number;
  oldBad: number;
  oldRequests: number;
}

export interface Verdict {
  answer: Answer;
  signal: Signal | null;
  /** Whether it is large enough for somebody to be called. */
  isNoticeable: boolean;
}

/** What is known remembers what was said once: an e-value that was above its bound has told, whatever came after. */
export type Known = Pick<Weighed, "worse" | "noWorse">;

export function answerOf({ worse, noWorse }: Known): Answer {
  if (worse >= Math.log(1 / alphas.worse)) return "worse";
  return noWorse >= Math.log(1 / alphas.noWorse) ? "no-worse" : "not-enough-data";
}

export function judge(largest: Known, signal: Signal, rates: Rates): Verdict {
  const answer = answerOf(largest);
  if (answer !== "worse") return { answer, signal: null, isNoticeable: false };
  return { answer, signal, isNoticeable: isNoticeable(rates) };
}

export function isNoticeable({ newBad, newRequests, oldBad, oldRequests }: Rates): boolean {
  if (newRequests === 0) return false;
  const newRate = newBad / newRequests;
  const oldRate = oldRequests === 0 ? 0 : oldBad / oldRequests;
  return newRate >= oldRate * leastEffect.ratio && (newRate - oldRate) * 100 >= leastEffect.percentagePoints;
}
