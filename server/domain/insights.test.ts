import { describe, expect, test } from "vitest";
import {
  addSlots,
  commitBounds,
  lineBounds,
  quantileMs,
  sizeWords,
  slotBoundsMs,
  slotOf,
} from "./insight-counts.ts";
import { frequencyText, intervalText, shareText } from "./insight-words.ts";
import { type CountRow, figuresOf } from "./insights.ts";
import { wilson } from "./wilson.ts";

const minuteMs = 60_000;
const slot = (ms: number) => slotOf(ms, slotBoundsMs);
const many = (measure: CountRow["measure"], count: number, size = 0): CountRow => {
  return { measure, size, slots: new Map([[0, { count, totalMs: 0 }]]) };
};
const durations = (measure: CountRow["measure"], minutes: number[]): CountRow => {
  const slots = minutes.map(
    (one) => new Map([[slot(one * minuteMs), { count: 1, totalMs: one * minuteMs }]]),
  );
  return { measure, size: 0, slots: addSlots(slots) };
};

/** By hand: ten deployments, of which one was switched back from after 12 minutes and one has an incident of an hour. */
const month: CountRow[] = [
  many("deployments", 10),
  many("failures", 2),
  durations("recovery-time", [12, 60]),
  // Five commits, so many minutes old when they went live.
  durations("lead-time", [10, 20, 30, 40, 300]),
  many("commits", 8, 0),
  many("commits", 2, 4),
  many("commits-failed", 2, 4),
];

test("a month by hand", () => {
  const figures = figuresOf(month);
  expect(figures).toMatchObject({ deployments: 10, failed: 2, unrecovered: 0, failRate: { share: 0.2 } });
  expect(figures.leadTime).toEqual({ n: 5, medianMs: 30 * minuteMs, p90Ms: 300 * minuteMs });
  // The least one that half of them do not exceed.
  expect(figures.recovery).toEqual({ n: 2, medianMs: 12 * minuteMs, p90Ms: 60 * minuteMs });
  expect(figures.byCommits.map(({ deployments, failed }) => [deployments, failed])).toEqual([
    [8, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [2, 2],
  ]);
});

test("a month without data has no rates and no times, not zeros", () => {
  const figures = figuresOf([]);
  expect(figures).toMatchObject({ deployments: 0, failRate: null, unrecovered: 0, incidents: 0 });
  for (const spread of [
    figures.leadTime,
    figures.recovery,
    figures.detect,
    figures.mitigate,
    figures.recover,
  ]) {
    expect(spread).toEqual({ n: 0, medianMs: null, p90Ms: null });
  }
  expect(figures.byLines.every(({ failRate }) => failRate === null)).toBe(true);
});

test("deployments without a failure have a rate of zero, with how high it may really be", () => {
  const { failRate, recovery } = figuresOf([many("deployments", 10)]);
  expect(failRate).toMatchObject({ share: 0, low: 0 });
  expect(failRate?.high).toBeCloseTo(0.2775, 4);
  expect(recovery.medianMs).toBeNull();
});

test("months add up to what they would be together", () => {
  const twice = figuresOf([...month, ...month]);
  expect(twice).toMatchObject({ deployments: 20, failed: 4, leadTime: { n: 10 } });
  expect(twice.leadTime.medianMs).toBe(figuresOf(month).leadTime.medianMs);
});

describe("durations in slots", () => {
  test("no slot is wider than 9.2 %, and each duration is in the one that its bounds say", () => {
    for (const [at, bound] of slotBoundsMs.slice(1).entries()) {
      expect(bound / (slotBoundsMs[at] ?? 0)).toBeLessThan(1.092);
      expect([slot(bound - 1), slot(bound)]).toEqual([at + 1, at + 2]);
    }
    expect([slot(0), slot(999), slot(1_000)]).toEqual([0, 0, 1]);
  });

  test("a quantile is the mean of the least slot that so many are in or below", () => {
    const slots = new Map([
      [50, { count: 1, totalMs: 9_000 }],
      [10, { count: 9, totalMs: 18_000 }],
    ]);
    expect(quantileMs(slots, 0.9)).toBe(2_000);
    expect(quantileMs(slots, 0.91)).toBe(9_000);
    expect(quantileMs(new Map(), 0.5)).toBeNull();
  });
});

test("Wilson's interval, against published values", () => {
  // Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
  for (const [events, all, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const interval = wilson(events, all);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  }
  expect(wilson(29, 29)?.high).toBe(1);
  expect(wilson(0, 0)).toBeNull();
});

test("in words", () => {
  expect([0, 0.004, 0.083, 0.12, 1].map(shareText)).toEqual(["0 %", "0.4 %", "8.3 %", "12 %", "100 %"]);
  expect(intervalText({ share: 0.2, low: 0.057, high: 0.51 })).toBe("20 % (5.7 % to 51 %)");
  expect([0, 3.4, 12.4, 0.3, 0.04, 0.001].map(frequencyText)).toEqual([
    "none",
    "3.4 a day",
    "12 a day",
    "2.1 a week",
    "1.2 a month",
    "0.4 a year",
  ]);
  expect([0, 1, 4].map((size) => sizeWords(commitBounds, size, 0))).toEqual(["0–1", "2–3", "16 or more"]);
  expect([0, 4].map((size) => sizeWords(lineBounds, size, 0))).toEqual(["0–9", "1,000 or more"]);
});
