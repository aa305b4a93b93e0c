import { pastOverdispersion, type Stretch } from "./before-after.ts";
import { slotOf } from "./latency-slots.ts";
import type { ReleaseBucket } from "./release-watch.ts";

/**
 * When all is as before: the share of requests that feel it is back within the range that it had before, and stays there
 * for a stated time. Where too little is served to tell, a person says so.
 */

/** The share that is bad in good times, and how far chance alone takes it from there. */
export interface UsualRange {
  rate: number;
  /** Variance over mean of the bad requests of a minute: 1 where each comes by itself. */
  overdispersion: number;
}

/** What was served in a second, or ten of them: `at` in seconds of Unix time. */
export interface ServedBucket extends Stretch {
  at: number;
}

/** By default the rate has to be in its range for so long. */
export const usualSteadySeconds = 120;
/** What the time before has to have served, and the steady time, for anything to be said. */
const leastBefore = 100;
const leastSteady = 40;
/** So much, at least, for users to be called well again soon after something was done about it. */
const leastSoon = 20;
/** Each of so many parts of the steady time is looked at by itself, too: what is bad for a while must not hide in the rest. */
const parts = 4;
/** How many of its standard deviations the count may be off; at the most once in a thousand times by chance. */
const deviations = 3;

/** Null where too little was served before to know what is usual. */
export function usualRange(minutes: readonly Stretch[]): UsualRange | null {
  const { requests, bad } = sumOf(minutes);
  if (requests < leastBefore) return null;
  return { rate: bad / requests, overdispersion: pastOverdispersion(minutes) };
}

/** Whether so many bad ones of so many are within the range. Of one bad request alone nothing is said. */
export function isWithin({ requests, bad }: Stretch, { rate, overdispersion }: UsualRange): boolean {
  const expected = requests * rate;
  return bad <= expected + deviations * Math.sqrt(overdispersion * expected) + 1;
}

/** Whether users are well since something was done about it; null while too little was served to say. */
export function isWellSince(
  buckets: readonly ServedBucket[],
  since: number,
  range: UsualRange | null,
): boolean | null {
  const served = sumOf(buckets.filter(({ at }) => at >= since));
  if (range === null || served.requests < leastSoon) return null;
  return isWithin(served, range);
}

/** Whether the rate was in its range for the whole of the steady time before `until`, in seconds; both ends are looked at alike. */
export function isSteady(
  buckets: readonly ServedBucket[],
  range: UsualRange | null,
  { until, steadySeconds }: { until: number; steadySeconds: number },
): boolean {
  if (range === null) return false;
  const from = until - steadySeconds;
  const window = buckets.filter(({ at }) => at >= from && at < until);
  const whole = sumOf(window);
  if (whole.requests < leastSteady || !isWithin(whole, range)) return false;
  return Array.from({ length: parts }, (_, part) => {
    const [begins, ends] = [part, part + 1].map((edge) => from + (steadySeconds * edge) / parts);
    return sumOf(window.filter(({ at }) => at >= (begins ?? 0) && at < (ends ?? 0)));
  }).every((part) => part.requests > 0 && isWithin(part, range));
}

/** How many felt it beyond those that usually do. */
export function affectedOf({ requests, bad }: Stretch, range: UsualRange | null): number {
  return Math.max(0, Math.min(requests, Math.round(bad - requests * (range?.rate ?? 0))));
}

/** What of these buckets felt it: those that failed, or, where slowness is felt, those that took longer. */
export function servedOf(buckets: readonly ReleaseBucket[], slowerThanMs: number | null): ServedBucket[] {
  // A bound is the upper end of its slot: what is in it took no longer.
  const slot = slowerThanMs === null ? null : slotOf(slowerThanMs * (1 - 1e-6));
  return buckets.map(({ beginsAt: at, requests, errors, latency }) => {
    const bad = slot === null ? errors : latency.slice(slot + 1).reduce((sum, count) => sum + count, 0);
    return { at, requests, bad };
  });
}

/** Put together by the minute. */
export function minutesOf(buckets: readonly ServedBucket[]): Stretch[] {
  return [...Map.groupBy(buckets, ({ at }) => Math.floor(at / 60)).values()].map(sumOf);
}

export function sumOf(stretches: readonly Stretch[]): Stretch {
  return {
    requests: stretches.reduce((sum, { requests }) => sum + requests, 0),
    bad: stretches.reduce((sum, { bad }) => sum + bad, 0),
  };
}
