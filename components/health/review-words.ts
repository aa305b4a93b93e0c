import type { Tone } from "#components/ui/tone.ts";
import { answerWords, type Review, worseWord } from "#server/domain/review.ts";

/** The answer as far as it is known, in one word. */
export function reviewLook({ outcome, state }: Pick<Review, "outcome" | "state">): {
  tone: Tone;
  word: string;
} {
  const answer = outcome?.answer ?? "not-enough-data";
  if (answer === "worse") {
    return { tone: outcome?.isNoticeable === true ? "failed" : "attention", word: worseWord(outcome) };
  }
  if (answer === "no-worse") return { tone: "live", word: answerWords["no-worse"] };
  return { tone: state === "open" ? "running" : "waiting", word: answerWords["not-enough-data"] };
}

/** Who watched it, or that nobody did. */
export function watchedText({ state, watchedByName }: Pick<Review, "state" | "watchedByName">): string {
  if (state === "watched") return `Watched by ${watchedByName}`;
  return state === "open" ? "Being watched" : "Nobody watched it to the end";
}
