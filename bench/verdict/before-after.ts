import { pastOverdispersion, ringingBefore, weighAgainstPast } from "#server/domain/before-after.ts";
import { alphas, usualMargin } from "#server/domain/verdict.ts";
import type { Draws } from "./draws.ts";
import { gaussianShare } from "./traffic.ts";

export interface BeforeAfterCase {
  name: string;
  /** How many times as many errors there are after the switch. */
  ratio: number;
  /** Of a minute's errors: variance over mean. */
  overdispersion: number;
  /** For so many minutes it was like that before the switch already: then nothing became worse. */
  ringsForMinutes: number;
}

const requestsPerMinute = 1_200;
const errorRate = 0.01;
const pastMinutes = 30;
const watchedMinutes = 60;
const leastMinutes = 5;

/** In how many of the runs each says worse, when it is looked at every minute for an hour after an instant switch. */
export function holdAgainstPast(draws: Draws, world: BeforeAfterCase, runs: number) {
  const told = { ours: 0, mannWhitney: 0 };
  for (let run = 0; run < runs; run += 1) {
    const minute = (ratio: number) => ({ requests: requestsPerMinute, bad: errorsOf(draws, world, ratio) });
    const rings = (place: number) => place >= pastMinutes - world.ringsForMinutes;
    const before = Array.from({ length: pastMinutes }, (_, place) => minute(rings(place) ? world.ratio : 1));
    const after = Array.from({ length: watchedMinutes }, () => minute(world.ratio));
    const settings = { overdispersion: pastOverdispersion(before), margin: usualMargin };
    const ringing = ringingBefore(before, usualMargin);
    const befores = [sumOf(before), ...(ringing === null ? [] : [ringing])];
    let [isOurs, isTheirs] = [false, false];
    for (let length = leastMinutes; length <= watchedMinutes; length += 1) {
      const seen = after.slice(0, length);
      isOurs ||= weighAgainstPast(sumOf(seen), befores, settings).worse >= Math.log(1 / alphas.worse);
      isTheirs ||=
        mannWhitney(
          seen.map(({ bad }) => bad),
          before.map(({ bad }) => bad),
        ) < alphas.worse;
    }
    told.ours += Number(isOurs);
    told.mannWhitney += Number(isTheirs);
  }
  return { ours: told.ours / runs, mannWhitney: told.mannWhitney / runs };
}

/** A Poisson number whose mean is drawn each minute from a gamma distribution, by Marsaglia and Tsang. */
function errorsOf(draws: Draws, { overdispersion }: BeforeAfterCase, ratio: number): number {
  const mean = requestsPerMinute * errorRate * ratio;
  if (overdispersion === 1) return draws.poisson(mean);
  const scale = overdispersion - 1;
  return draws.poisson(gamma(draws, mean / scale) * scale);
}

function gamma(draws: Draws, shape: number): number {
  if (shape < 1) return gamma(draws, shape + 1) * (1 - draws.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = draws.gaussian();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - draws.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** One-sided, by the normal approximation with ties. */
function mannWhitney(after: readonly number[], before: readonly number[]): number {
  const all = [
    ...after.map((value) => ({ value, isAfter: true })),
    ...before.map((value) => ({ value, isAfter: false })),
  ];
  all.sort((one, other) => one.value - other.value);
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let place = from; place < to; place += 1) if (all[place]?.isAfter) rankSum += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const [m, n] = [after.length, before.length];
  const u = rankSum - (m * (m + 1)) / 2;
  const variance = ((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1)));
  return variance === 0 ? 1 : 1 - gaussianShare((u - (m * n) / 2 - 0.5) / Math.sqrt(variance));
}

function sumOf(minutes: readonly { requests: number; bad: number }[]) {
  return {
    requests: minutes.reduce((sum, { requests }) => sum + requests, 0),
    bad: minutes.reduce((sum, { bad }) => sum + bad, 0),
  };
}
