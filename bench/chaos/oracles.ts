import type { Mark } from "./sample.ts";
import { markEveryMs } from "./sample.ts";
import type { Seen } from "./traffic.ts";

/** What must never be, judged by what steps wrote and clients saw, and not by the portal's own rows. */

/** A time in which something was down on purpose. */
export interface Span {
  from: number;
  to: number;
}

/** Runs of the migration, which is not repeatable, beyond the first of a round; and runs beside one another. */
export function findDoubled(marks: readonly Mark[]): string[] {
  const runs = new Map<string, { mark: Mark; from: number; to: number }>();
  for (const mark of marks) {
    const run = runs.get(mark.run) ?? { mark, from: mark.at, to: mark.at };
    runs.set(mark.run, { ...run, to: Math.max(run.to, mark.at) });
  }
  const all = [...runs.values()].sort((one, other) => one.from - other.from);
  const migrated = new Set<number>();
  const found: string[] = [];
  let latest: (typeof all)[number] | null = null;
  for (const run of all) {
    const { round, step } = run.mark;
    if (step === "migrate" && migrated.has(round)) found.push(`round ${round} migrated twice`);
    if (step === "migrate") migrated.add(round);
    // One mark may be late by its period; two runs that go on side by side write several.
    if (latest !== null && run.from < latest.to - 2 * markEveryMs) {
      const beside = `${latest.mark.step} of round ${latest.mark.round}`;
      found.push(`${step} of round ${round} ran beside ${beside} for ${latest.to - run.from} ms`);
    }
    if (latest === null || run.to > latest.to) latest = run;
  }
  return found;
}

/** When the pointer named which round, from the trigger's notes; the last one is still named. */
export interface Naming {
  round: number;
  from: number;
}

/** A switch reaches a router within milliseconds; one that is down or cut off meanwhile hears of it when it is back. */
const newsWithinMs = 1_000;

/** Answers of a release that the pointer did not name while they were given. */
export function findWrong(
  seen: readonly Seen[],
  namings: readonly Naming[],
  deaf: readonly Span[],
): string[] {
  const named = new Map<number, Span[]>();
  for (const [index, { round, from }] of namings.entries()) {
    const until = namings[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const heardAt = deaf.filter((span) => span.from <= until && until <= span.to).map((span) => span.to);
    const to = Math.max(until, ...heardAt) + newsWithinMs;
    named.set(round, [...(named.get(round) ?? []), { from, to }]);
  }
  return seen.flatMap(({ round, from, to }) => {
    if (round === null) return [];
    const isNamed = named.get(round)?.some((span) => span.from <= to && from <= span.to) === true;
    return isNamed ? [] : [`round ${round} answered from ${from} to ${to}`];
  });
}

/** Failures of requests, apart from those while the only router was down. */
export function splitFailures(
  seen: readonly Seen[],
  excused: readonly Span[],
): { failed: Seen[]; excused: Seen[] } {
  const failures = seen.filter(({ failure }) => failure !== null);
  const isExcused = ({ from, to }: Seen) => excused.some((span) => from <= span.to && to >= span.from);
  return { failed: failures.filter((one) => !isExcused(one)), excused: failures.filter(isExcused) };
}
