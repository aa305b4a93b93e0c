import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { addToSlot, slotOf } from "#server/domain/latency-slots.ts";
import { Comparison, slotsFor } from "#server/domain/release-comparison.ts";
import { alphas, usualMargin } from "#server/domain/verdict.ts";
import type { Draws } from "./draws.ts";

/**
 * Latencies of a real shop with injected slow-downs (Traini & Cortellessa, “DeLag”, IEEE TSE 2023; licence beside the
 * data): each scenario's normal requests are split between old and new by lot, and the new release gets the slow ones of
 * one kind besides.
 */
export function followDelag(draws: Draws) {
  const scenarios = readScenarios();
  const told = { falseAlarms: 0, detected: 0, cases: 0, scenarios: scenarios.length };
  const neededRequests: number[] = [];
  for (const { normal, slow } of scenarios) {
    told.falseAlarms += Number(compare(draws, normal, []) !== null);
    for (const kind of slow) {
      const after = compare(draws, normal, kind);
      told.cases += 1;
      told.detected += Number(after !== null);
      if (after !== null) neededRequests.push(after);
    }
  }
  return { ...told, neededRequests };
}

const bucketRequests = 40;
/** So many of the old release's are known beforehand. */
const knownShare = 0.2;

/** How many requests it took until it said worse; null where it never did. */
function compare(draws: Draws, normal: readonly number[], slow: readonly number[]): number | null {
  const shuffled = shuffle(draws, normal);
  const known = shuffled.slice(0, Math.floor(shuffled.length * knownShare));
  const past = histogramOf(known);
  const comparison = new Comparison({ ...slotsFor(past), margin: usualMargin });
  known.forEach((latencyMs, index) => {
    if (index % bucketRequests === 0) comparison.learn(index, { requests: 0, errors: 0, latency: [] });
    comparison.learn(Math.floor(index / bucketRequests) * 10, {
      requests: 1,
      errors: 0,
      latency: histogramOf([latencyMs]),
    });
  });
  const split = shuffled
    .slice(known.length)
    .map((latencyMs) => ({ latencyMs, isNew: draws.uniform() < 0.5 }));
  const stream = shuffle(draws, [...split, ...slow.map((latencyMs) => ({ latencyMs, isNew: true }))]);
  for (let from = 0; from < stream.length; from += bucketRequests) {
    const bucket = stream.slice(from, from + bucketRequests);
    const arm = (isNew: boolean) => {
      const latencies = bucket.filter((request) => request.isNew === isNew).map(({ latencyMs }) => latencyMs);
      return { requests: latencies.length, errors: 0, latency: histogramOf(latencies) };
    };
    comparison.add({
      beginsAt: (from / bucketRequests) * 10,
      seconds: 10,
      newArm: arm(true),
      oldArm: arm(false),
    });
    if (comparison.weigh().worse >= Math.log(1 / alphas.worse)) return from + bucket.length;
  }
  return null;
}

function readScenarios() {
  const file = gunzipSync(readFileSync(join(import.meta.dirname, "delag/eshopper.csv.gz"))).toString("utf8");
  const scenarios = new Map<string, { normal: number[]; slow: [number[], number[]] }>();
  for (const line of file.trim().split("\n").slice(1)) {
    const [name = "", anomaly, latency] = line.split(",");
    const scenario = scenarios.get(name) ?? { normal: [], slow: [[], []] };
    scenarios.set(name, scenario);
    (anomaly === "0" ? scenario.normal : scenario.slow[Number(anomaly) - 1])?.push(Number(latency));
  }
  return [...scenarios.values()];
}

function histogramOf(latencies: readonly number[]): number[] {
  const slots: number[] = [];
  for (const latencyMs of latencies) addToSlot(slots, slotOf(latencyMs), 1);
  return slots;
}

function shuffle<T>(draws: Draws, list: readonly T[]): T[] {
  const shuffled = [...list];
  for (let place = shuffled.length - 1; place > 0; place -= 1) {
    const other = Math.floor(draws.uniform() * (place + 1));
    [shuffled[place], shuffled[other]] = [shuffled[other] as T, shuffled[place] as T];
  }
  return shuffled;
}
