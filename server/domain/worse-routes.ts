import { errorChange } from "./error-change.ts";
import { quantileMs } from "./latency-slots.ts";
import { otherRoutes } from "./route-template.ts";
import type { WorseRoute } from "./suspects.ts";

export interface RouteCounts {
  requests: number;
  errors: number;
  /** How many took how long, by slot. */
  latency: readonly number[];
}

/** Less traffic says nothing of how long a route takes. */
const leastRequests = 20;
const leastSlowdown = 1.4;
const leastSlowdownMs = 10;
const mostNamed = 10;

/** Routes that fail more often with a release than before, or are slower, the worst first. Null: the release before did not serve it. */
export function worseRoutes(
  routes: readonly { route: string; ofNew: RouteCounts; ofOld: RouteCounts | null }[],
): WorseRoute[] {
  const all = routes.reduce((sum, { ofNew }) => sum + ofNew.requests, 0);
  const worse = routes.flatMap(({ route, ofNew, ofOld }) => {
    const found = route === otherRoutes || ofNew.requests === 0 ? null : worstOf(ofNew, ofOld);
    return found === null
      ? []
      : [{ route, change: found.change, weight: found.severity * (ofNew.requests / all) }];
  });
  const whole = worse.reduce((sum, { weight }) => sum + weight, 0);
  return worse
    .sort((one, other) => other.weight - one.weight)
    .slice(0, mostNamed)
    .map(({ route, change, weight }) => ({ route, change, share: weight / whole }));
}

interface Worsening {
  change: string;
  /** From 0 to 1. */
  severity: number;
}

function worstOf(ofNew: RouteCounts, ofOld: RouteCounts | null): Worsening | null {
  const both = [errorsOf(ofNew, ofOld), ofOld === null ? null : latencyOf(ofNew, ofOld)];
  const found = both.filter((one) => one !== null);
  return found.sort((one, other) => other.severity - one.severity)[0] ?? null;
}

function errorsOf(ofNew: RouteCounts, ofOld: RouteCounts | null): Worsening | null {
  const [rate, before] = [ofNew.errors / ofNew.requests, ofOld === null ? 0 : ofOld.errors / ofOld.requests];
  if (ofOld === null) {
    const isFailing = ofNew.errors >= 5 && rate > 0.02;
    return isFailing
      ? { change: `of whose requests ${percent(rate)} fail`, severity: Math.min(1, rate * 5) }
      : null;
  }
  const frequencyOf = (counts: RouteCounts) => ({ count: counts.errors, exposure: counts.requests });
  if (errorChange(frequencyOf(ofNew), frequencyOf(ofOld), false) !== "grew") return null;
  const change = `whose errors went from ${percent(before)} to ${percent(rate)}`;
  return { change, severity: Math.min(1, (rate - before) * 5) };
}

function latencyOf(ofNew: RouteCounts, ofOld: RouteCounts): Worsening | null {
  if (ofNew.requests < leastRequests || ofOld.requests < leastRequests) return null;
  const [p95, before] = [quantileMs(ofNew.latency, 0.95), quantileMs(ofOld.latency, 0.95)];
  if (p95 === null || before === null || before <= 0) return null;
  if (p95 < before * leastSlowdown || p95 - before < leastSlowdownMs) return null;
  const change = `whose p95 went from ${ms(before)} to ${ms(p95)}`;
  return { change, severity: Math.min(1, Math.log2(p95 / before) / 3) };
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(rate > 0 && rate < 0.01 ? 2 : 1)} %`;
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}
