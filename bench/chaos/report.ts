import { quantile } from "../measuring/quantile.ts";
import type { Outcome } from "./rounds.ts";
import type { Seen } from "./traffic.ts";

const barMs = 15_000;

/** A table for people and, last, one line of JSON. True where every bar is met. */
export function printReport(run: {
  rounds: number;
  seed: number;
  outcomes: readonly Outcome[];
  doubled: readonly string[];
  wrong: readonly string[];
  requests: number;
  failed: readonly Seen[];
  excused: readonly Seen[];
}): boolean {
  const { outcomes, doubled, wrong, failed, excused } = run;
  const lost = outcomes.filter(({ end }) => end === "lost");
  const stuck = outcomes.filter(({ end }) => end === "stuck");
  const recoveries = outcomes.flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs]));
  const recoveryMs = recoveries.length === 0 ? 0 : quantile(recoveries, 0.99);
  const print = (label: string, value: string | number) => console.log(`${label.padEnd(44)} ${value}`);
  print("Rounds", `${run.rounds} (seed ${run.seed})`);
  for (const [end, count] of tally(outcomes.map(({ end }) => end))) print(`  ended as ${end}`, count);
  print("Lost", lost.length);
  print("Stuck", stuck.length);
  print("Doubled", doubled.length);
  for (const line of doubled.slice(0, 10)) print(`  ${line}`, "");
  print("Answers of a release that was not live", wrong.length);
  for (const line of wrong.slice(0, 10)) print(`  ${line}`, "");
  print("Requests", run.requests);
  print("  failed", failed.length);
  for (const [failure, count] of tally(failed.map((one) => one.failure ?? "")))
    print(`    ${failure}`, count);
  print("  failed while the only router was down", excused.length);
  print(
    "Taken over by another or again, p99",
    `${recoveryMs} ms (bar: ${barMs} ms), n = ${recoveries.length}`,
  );
  for (const { round, end, what, reason } of outcomes) {
    if (["lost", "stuck"].includes(end)) print(`  round ${round}: ${end} after ${what}`, reason ?? "");
  }
  const counts = [lost, stuck, doubled, wrong, failed].map((list) => list.length);
  console.log(
    JSON.stringify({
      bench: "chaos",
      rounds: run.rounds,
      lost: lost.length,
      stuck: stuck.length,
      doubled: doubled.length,
      wrong_live: wrong.length,
      failed_requests: failed.length,
      failed_excused: excused.length,
      recovery_p99_ms: recoveryMs,
      requests: run.requests,
      seed: run.seed,
    }),
  );
  return counts.every((count) => count === 0) && recoveryMs <= barMs;
}

function tally(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}
