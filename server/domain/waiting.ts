import type { Moment } from "./read-models.ts";

/** Commits of the default branch that are not live in an environment. */
export interface Waiting {
  commits: number;
  /** When the oldest of them was committed; null where that is not known. */
  since: Moment | null;
  /** Added and removed ones; null where that is not known. */
  lines: number | null;
  /** The median of the last deployments here; null where there were too few. */
  usualCommits: number | null;
}

/** So many are small anywhere. */
const fewCommits = 5;
/** From so many times the usual size on it is told. */
const largeTimes = 2;

/** What their number means for whoever could ship them: a word of encouragement, never of blame. */
export function sizeAdvice({ commits, usualCommits }: Pick<Waiting, "commits" | "usualCommits">): {
  text: string;
  isLarge: boolean;
} {
  const few = usualCommits === null ? fewCommits : Math.max(usualCommits, 1);
  if (commits <= few) return { text: "small is safe", isLarge: false };
  if (usualCommits !== null && commits < usualCommits * largeTimes) {
    return { text: "still small enough", isLarge: false };
  }
  return { text: "the sooner, the smaller", isLarge: true };
}

/** `4 commits (120 lines) wait`. */
export function waitingText({ commits, lines }: Pick<Waiting, "commits" | "lines">): string {
  const size = lines === null ? "" : ` (${lines.toLocaleString("en")} ${lines === 1 ? "line" : "lines"})`;
  return commits === 1 ? `1 commit${size} waits` : `${commits.toLocaleString("en")} commits${size} wait`;
}
