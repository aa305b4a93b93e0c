import { addToSlot, slotOf } from "#server/domain/latency-slots.ts";
import type { ArmCounts, ComparedBucket } from "#server/domain/release-comparison.ts";
import type { Draws } from "./draws.ts";

/** What a simulated service does while old and new are served side by side. */
export interface Case {
  name: string;
  requestsPerSecond: number;
  /** The new release's share at this minute. */
  share(minute: number): number;
  /** Errors of the old release, as a rate, at this minute; both have it where nothing differs. */
  errorRate(minute: number): number;
  /** How many times as many errors the new one has. */
  errorRatio: number;
  /** Errors come so many at once: a request that is tried again fails again. */
  clusterSize: number;
  /** Null where latency is left out. */
  latency: {
    medianMs: number;
    spread: number /** Of the new release. */;
    ratio: number;
    pauses: number;
  } | null;
}

export const bucketSeconds = 10;
const tableSize = 4_096;

/** Buckets of ten seconds, one after the other. */
export function simulate(draws: Draws, world: Case) {
  const tables = world.latency === null ? null : latencyTables(world.latency);
  const arm = (requests: number, errors: number, table: Uint8Array | null): ArmCounts => {
    const latency: number[] = [];
    const isPaused = world.latency !== null && draws.uniform() < world.latency.pauses;
    for (let request = 0; table !== null && request < requests; request += 1) {
      // In a pause of a process every request takes among the longest.
      const place = isPaused
        ? tableSize - 1 - Math.floor(draws.uniform() * 40)
        : Math.floor(draws.uniform() * tableSize);
      addToSlot(latency, table[place] as number, 1);
    }
    return { requests, errors, latency };
  };
  const errorsOf = (requests: number, rate: number) =>
    Math.min(requests, draws.poisson((requests * rate) / world.clusterSize) * world.clusterSize);
  return {
    bucket(index: number): ComparedBucket {
      const minute = (index * bucketSeconds) / 60;
      const all = draws.poisson(world.requestsPerSecond * bucketSeconds);
      const ofNew = draws.binomial(all, world.share(minute));
      const rate = world.errorRate(minute);
      return {
        beginsAt: index * bucketSeconds,
        seconds: bucketSeconds,
        newArm: arm(ofNew, errorsOf(ofNew, rate * world.errorRatio), tables?.ofNew ?? null),
        oldArm: arm(all - ofNew, errorsOf(all - ofNew, rate), tables?.ofOld ?? null),
      };
    },
    /** The old release alone. */
    before(): ArmCounts {
      const all = draws.poisson(world.requestsPerSecond * bucketSeconds);
      return arm(all, errorsOf(all, world.errorRate(0)), tables?.ofOld ?? null);
    },
  };
}

/** Log-normal, by its quantiles. */
function latencyTables({ medianMs, spread, ratio }: NonNullable<Case["latency"]>) {
  const table = (median: number) =>
    Uint8Array.from({ length: tableSize }, (_, place) =>
      slotOf(median * Math.exp(spread * gaussianQuantile((place + 0.5) / tableSize))),
    );
  return { ofOld: table(medianMs), ofNew: table(medianMs * ratio) };
}

/** By bisection of the error function's approximation in Abramowitz & Stegun, 7.1.26: off by less than 1.5e-7. */
function gaussianQuantile(share: number): number {
  let [low, high] = [-6, 6];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (gaussianShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function gaussianShare(x: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - polynomial * Math.exp((-x * x) / 2);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}
