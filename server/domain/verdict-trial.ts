import { addSlots } from "./latency-slots.ts";
import { type ArmCounts, Comparison, slotsFor } from "./release-comparison.ts";
import { type Answer, answerOf, usualMargin } from "./verdict.ts";

/** What one half of a release's requests came to in a bucket; a coin was thrown for each of them. */
export interface HalfBucket extends ArmCounts {
  /** Seconds of Unix time. */
  beginsAt: number;
  seconds: number;
  half: 0 | 1;
}

/** Fewer could not have told anything: they would only make the rate of false alarms look better. */
export const leastTrialRequests = 200;

/**
 * What the verdict says of a release held against itself, looking after every bucket as it looks at two of them: `worse`
 * is a false alarm. Null where few requests were served. `past` comes before; both are in their order.
 */
export function tryVerdict(past: readonly HalfBucket[], buckets: readonly HalfBucket[]): Answer | null {
  const latency: number[] = [];
  for (const bucket of past) addSlots(latency, bucket.latency);
  const comparison = new Comparison({ ...slotsFor(latency), margin: usualMargin });
  for (const bucket of past) comparison.learn(bucket.beginsAt, bucket);
  const largest = { worse: 0, noWorse: 0 };
  let requests = 0;
  for (const together of Map.groupBy(buckets, ({ beginsAt }) => beginsAt).values()) {
    for (const bucket of together) requests += bucket.requests;
    const [oldArm, newArm] = [0, 1].map((half) => together.find((bucket) => bucket.half === half));
    if (oldArm === undefined || newArm === undefined) continue;
    comparison.add({ beginsAt: oldArm.beginsAt, seconds: oldArm.seconds, newArm, oldArm });
    const { worse, noWorse } = comparison.weigh();
    largest.worse = Math.max(largest.worse, worse);
    largest.noWorse = Math.max(largest.noWorse, noWorse);
  }
  return requests < leastTrialRequests ? null : answerOf(largest);
}
