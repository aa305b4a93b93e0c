import { expect, test } from "vitest";
import { stepFor, usualKeptDays } from "./count-steps.ts";
import { moved, rangeOf, releaseRanges, zoomed } from "./release-range.ts";

const now = new Date("2026-11-27T12:00:00Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const hours = ({ from, to }: { from: Date; to: Date }) => [
  (now.getTime() - from.getTime()) / 3_600_000,
  (now.getTime() - to.getTime()) / 3_600_000,
];

test("a range stands around the switch, and none ends in the future", () => {
  const live = { from: hoursAgo(10), to: null };
  expect(hours(rangeOf("3h", live, now))).toEqual([13, 7]);
  expect(hours(rangeOf("1d", live, now))).toEqual([34, 0]);
  expect(hours(rangeOf("all", live, now))).toEqual([11, 0]);
  expect(hours(rangeOf("all", { from: hoursAgo(1_000), to: hoursAgo(100) }, now))).toEqual([1_024, 100]);
  for (const range of releaseRanges) expect(hours(rangeOf(range, null, now))).toEqual([1, 0]);
});

test("zooming keeps the middle, moving the length, as far as there is a past", () => {
  const range = { from: hoursAgo(6), to: hoursAgo(2) };
  expect(hours(zoomed(range, 0.5, now))).toEqual([5, 3]);
  expect(hours(zoomed(range, 2, now))).toEqual([8, 0]);
  expect(hours(moved(range, -0.5, now))).toEqual([8, 4]);
  expect(hours(moved(range, 1, now))).toEqual([4, 0]);
  const shortest = zoomed({ from: hoursAgo(1), to: hoursAgo(1) }, 0.5, now);
  expect(shortest.to.getTime() - shortest.from.getTime()).toBe(60_000);
});

test("no range has many more than 300 points, and none is finer than what is kept", () => {
  for (let minutes = 1; minutes < 400 * 24 * 60; minutes = Math.ceil(minutes * 1.1)) {
    const step = stepFor({ from: hoursAgo(minutes / 60), to: now }, now, usualKeptDays);
    expect((minutes * 60) / step).toBeLessThanOrEqual(300);
    if (minutes > 3 * 24 * 60) expect(step).toBeGreaterThanOrEqual(60);
    if (minutes > 35 * 24 * 60) expect(step).toBeGreaterThanOrEqual(3_600);
  }
  const old = { from: hoursAgo(40 * 24), to: hoursAgo(40 * 24 - 1) };
  expect(stepFor(old, now, usualKeptDays)).toBe(3_600);
  expect(stepFor({ from: hoursAgo(2.9 * 24), to: hoursAgo(2.9 * 24 - 0.1) }, now, usualKeptDays)).toBe(60);
});
