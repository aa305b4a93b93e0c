/**
 * How often the verdict is wrong, how soon it is right, and what it costs: simulated releases that are looked at after every
 * bucket for an hour, with and without a difference; real latencies with injected slow-downs; and the comparison with the
 * time before beside a plain Mann-Whitney test. ANYTIME_BENCH_RUNS says how many runs each case has, ANYTIME_BENCH_SEED
 * which ones.
 */

import { eventsNeeded } from "#server/domain/events-needed.ts";
import { Comparison } from "#server/domain/release-comparison.ts";
import { alphas, usualMargin } from "#server/domain/verdict.ts";
import { randomFrom } from "./chaos/random.ts";
import { quantile } from "./measuring/quantile.ts";
import { type BeforeAfterCase, holdAgainstPast } from "./verdict/before-after.ts";
import { followDelag } from "./verdict/delag.ts";
import { drawsFrom } from "./verdict/draws.ts";
import { follow } from "./verdict/follow.ts";
import { type Case, simulate } from "./verdict/traffic.ts";

const runs = Math.max(100, Number(process.env.ANYTIME_BENCH_RUNS ?? 2_000));
const seed = Number(process.env.ANYTIME_BENCH_SEED ?? Date.now() % 1_000_000);
const draws = drawsFrom(randomFrom(seed));
const watchedMinutes = 60;

const usual: Case = {
  name: "half and half",
  requestsPerSecond: 20,
  share: () => 0.5,
  errorRate: () => 0.01,
  errorRatio: 1,
  clusterSize: 1,
  latency: null,
};
const latency = { medianMs: 40, spread: 0.8, ratio: 1, pauses: 0 };
const nulls: Case[] = [
  usual,
  {
    ...usual,
    name: "10 %, then half, then 90 %",
    share: (minute) => (minute < 20 ? 0.1 : minute < 40 ? 0.5 : 0.9),
  },
  { ...usual, name: "10 % on the new release", share: () => 0.1 },
  { ...usual, name: "one request in five seconds", requestsPerSecond: 0.2 },
  ...[2, 3, 5].map((clusterSize) => ({
    ...usual,
    name: `errors in clusters of ${clusterSize}`,
    clusterSize,
  })),
  {
    ...usual,
    name: "clusters of 3, 10 % on the new release",
    clusterSize: 3,
    share: () => 0.1,
  },
  {
    ...usual,
    name: "ten bad minutes that both share",
    errorRate: (minute) => (minute >= 20 && minute < 30 ? 0.08 : 0.01),
  },
  {
    ...usual,
    name: "a rate that comes and goes",
    errorRate: (minute) => 0.01 * (1 + 0.8 * Math.sin(minute / 4)),
  },
  { ...usual, name: "with latency", latency },
  { ...usual, name: "with latency, and pauses of each process", latency: { ...latency, pauses: 0.02 } },
];

const falseAlarms = nulls.map((world) => {
  const rate = share(
    repeat(() => follow(draws, world, { minutes: watchedMinutes, stopAtWorse: true }).worseAfter !== null),
  );
  print(`No difference, ${world.name}: worse in`, percent(rate));
  return rate;
});

const doubled = detect({ ...usual, name: "twice the errors, half and half", errorRatio: 2 }, 2, 0.5);
detect({ ...usual, name: "twice the errors, 10 % on the new one", errorRatio: 2, share: () => 0.1 }, 2, 0.1);
const fivefold = detect({ ...usual, name: "5 times the errors, half and half", errorRatio: 5 }, 5, 0.5);
detect(
  { ...usual, name: "5 times the errors, 10 % on the new one", errorRatio: 5, share: () => 0.1 },
  5,
  0.1,
);
for (const ratio of [1.1, 1.3, 2]) {
  detect({ ...usual, name: `${ratio} times as slow`, latency: { ...latency, ratio } }, null, 0.5);
}

const reassured = share(repeat(() => follow(draws, usual, { minutes: 600, bad: 400 }).noWorseAfter !== null));
print("No difference: no worse by 400 bad requests in", percent(reassured));
const atMargin = { ...usual, errorRatio: usualMargin };
const falselyReassured = share(
  repeat(() => follow(draws, atMargin, { minutes: watchedMinutes }).noWorseAfter !== null),
);
print(`At exactly ${usualMargin} times: no worse in`, percent(falselyReassured));

const delag = followDelag(draws);
print("Real latencies, no difference: worse in", `${delag.falseAlarms} of ${delag.scenarios}`);
print("Real latencies, some slowed down: worse in", `${delag.detected} of ${delag.cases}`);
print("  after requests, p50", quantile(delag.neededRequests, 0.5));

const beforeAfter: BeforeAfterCase[] = [1, 2, 5].flatMap((overdispersion) => {
  const variance = `variance ${overdispersion} times the mean`;
  return [
    ...[1, 2].map((ratio) => {
      return { name: `${ratio} times, ${variance}`, ratio, overdispersion, ringsForMinutes: 0 };
    }),
    ...[2, 5].map((ratio) => {
      const name = `${ratio} times for 5 minutes already, ${variance}`;
      return { name, ratio, overdispersion, ringsForMinutes: 5 };
    }),
  ];
});
const against = beforeAfter.map((world) => {
  const { ours, mannWhitney } = holdAgainstPast(draws, world, runs);
  print(
    `Before and after, ${world.name}: worse in`,
    `${percent(ours)} (Mann-Whitney ${percent(mannWhitney)})`,
  );
  return { case: world.name, ours, mann_whitney: mannWhitney };
});

const evaluateMs = measureEvaluation();
print("A second of 1,000 watched releases", `${evaluateMs.toFixed(0)} ms`);
const figures = {
  false_alarm_rate: Math.max(...falseAlarms),
  events_ratio_2x: doubled,
  events_ratio_5x: fivefold,
  no_worse_power: reassured,
  no_worse_false: falselyReassured,
  delag_detected: delag.detected / delag.cases,
  delag_false: delag.falseAlarms / delag.scenarios,
  evaluate_1000_ms: Math.round(evaluateMs),
};
console.log(JSON.stringify({ bench: "verdict", seed, runs, ...figures, before_after: against }));
const isMet =
  figures.false_alarm_rate <= 0.01 &&
  Math.max(doubled, fivefold) <= 2 &&
  reassured >= 0.85 &&
  falselyReassured <= 0.05 &&
  evaluateMs <= 1_000;
process.exit(isMet ? 0 : 1);

/** How many times the least number of bad requests it took, the median; NaN for latency. */
function detect(world: Case, ratio: number | null, newShare: number): number {
  const followed = repeat(() => follow(draws, world, { minutes: watchedMinutes, stopAtWorse: true }));
  const found = followed.filter(({ worseAfter }) => worseAfter !== null);
  const minutes = quantile(
    found.map(({ worseAfter }) => worseAfter ?? 0),
    0.5,
  );
  const bad = quantile(
    found.map(({ badUntilWorse }) => badUntilWorse),
    0.5,
  );
  const needed = ratio === null ? Number.NaN : eventsNeeded(ratio, newShare, alphas.worse);
  const events = ratio === null ? "" : `, ${bad} bad requests, at least ${needed.toFixed(0)} are needed`;
  print(
    `${world.name}: worse in`,
    `${percent(found.length / runs)}, after ${minutes.toFixed(1)} min${events}`,
  );
  return Number((bad / needed).toFixed(2));
}

/** A bucket of a second each, and a look, as the monitor does. */
function measureEvaluation(): number {
  const traffic = simulate(draws, { ...usual, requestsPerSecond: 100, latency });
  const slots = [80, 84, 90, 96, 100, 104, 108];
  const watched = Array.from(
    { length: 1_000 },
    () => new Comparison({ slots, decisiveSlots: [80, 96, 108], margin: usualMargin }),
  );
  const bucket = traffic.bucket(0);
  const times = Array.from({ length: 5 }, (_, second) => {
    const begun = performance.now();
    for (const comparison of watched) {
      comparison.add({ ...bucket, beginsAt: second });
      comparison.weigh();
    }
    return performance.now() - begun;
  });
  return quantile(times, 0.5);
}

function repeat<T>(once: () => T): T[] {
  return Array.from({ length: runs }, once);
}

function share(outcomes: readonly boolean[]): number {
  return outcomes.filter(Boolean).length / outcomes.length;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}

function print(label: string, value: string | number): void {
  console.log(`${label.padEnd(64)} ${value}`);
}
