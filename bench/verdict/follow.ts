import { addSlots } from "#server/domain/latency-slots.ts";
import { Comparison, slotsFor } from "#server/domain/release-comparison.ts";
import { alphas, usualMargin } from "#server/domain/verdict.ts";
import type { Draws } from "./draws.ts";
import { bucketSeconds, type Case, simulate } from "./traffic.ts";

export interface Followed {
  /** Minutes until it was said, looked at after every bucket; null where it never was. */
  worseAfter: number | null;
  noWorseAfter: number | null;
  /** Bad requests of both until then, or until the end. */
  badUntilWorse: number;
  badUntilNoWorse: number;
}

const pastMinutes = 30;

/** One release, watched for `minutes` or until so many bad requests, after half an hour of the old one alone. */
export function follow(
  draws: Draws,
  world: Case,
  until: { minutes: number; bad?: number; stopAtWorse?: boolean },
): Followed {
  const traffic = simulate(draws, world);
  const past = Array.from({ length: (pastMinutes * 60) / bucketSeconds }, () => traffic.before());
  const latency: number[] = [];
  for (const arm of past) addSlots(latency, arm.latency);
  const slots = world.latency === null ? { slots: [], decisiveSlots: [] } : slotsFor(latency);
  const comparison = new Comparison({ ...slots, margin: usualMargin });
  for (const [index, arm] of past.entries()) comparison.learn(index * bucketSeconds, arm);
  const followed: Followed = { worseAfter: null, noWorseAfter: null, badUntilWorse: 0, badUntilNoWorse: 0 };
  let bad = 0;
  const buckets = (until.minutes * 60) / bucketSeconds;
  for (let index = 0; index < buckets && (until.bad === undefined || bad < until.bad); index += 1) {
    const bucket = traffic.bucket(index);
    comparison.add(bucket);
    bad += bucket.newArm.errors + bucket.oldArm.errors;
    const { worse, noWorse } = comparison.weigh();
    const minutes = ((index + 1) * bucketSeconds) / 60;
    if (followed.worseAfter === null) {
      followed.badUntilWorse = bad;
      if (worse >= Math.log(1 / alphas.worse)) followed.worseAfter = minutes;
    }
    if (followed.noWorseAfter === null) {
      followed.badUntilNoWorse = bad;
      if (noWorse >= Math.log(1 / alphas.noWorse)) followed.noWorseAfter = minutes;
    }
    if (until.stopAtWorse === true && followed.worseAfter !== null) break;
  }
  return followed;
}
