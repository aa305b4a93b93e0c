import { describe, expect, test } from "vitest";
import {
  commitBounds,
  durationMs,
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
const row = (measure: CountRow["measure"], counts: Record<number, number>, size = 0): CountRow => ({
  measure,
  size,
  slots: new Map(Object.entries(counts).map(([slot, count]) => [Number(slot), count])),
});

/** By hand: ten deployments, of which one was switched back from after 12 minutes and one has an incident of an hour. */
const month: CountRow[] = [
  row("deployments", { 0: 10 }),
  row("failures", { 0: 2 }),
  row("recovery-time", { [slot(12 * minuteMs)]: 1, [slot(60 * minuteMs)]: 1 }),
  // Five commits: 10, 20, 30, 40 and 300 minutes old when they went live.
  row("lead-time", Object.fromEntries([10, 20, 30, 40, 300].map((minutes) => [slot(minutes * minuteMs), 1]))),
  row("commits", { 0: 8 }, 0),
  row("commits", { 0: 2 }, 4),
  row("commits-failed", { 0: 2 }, 4),
];

test("a month by hand", () => {
  const figures = figuresOf(month);
  expect(figures).toMatchObject({ deployments: 10, failed: 2, unrecovered: 0, failRate: { share: 0.2 } });
  expect(figures.leadTime.n).toBe(5);
  expect(figures.leadTime.medianMs).toBeCloseTo(30 * minuteMs, -5);
  expect(figures.leadTime.p90Ms).toBe(durationMs(slot(300 * minuteMs)));
  // The least of which at least half are not longer.
  expect(figures.recovery.medianMs).toBe(durationMs(slot(12 * minuteMs)));
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
  const { failRate, recovery } = figuresOf([row("deployments", { 0: 10 })]);
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
  test.each([0, 999, 1_000, 1_001, 59_999, 60_000, 3_600_000, 86_400_000, 31_557_600_000])("%d ms", (ms) => {
    const shown = durationMs(slot(ms));
    if (ms < 1_000) expect(shown).toBeLessThan(1_000);
    else expect(Math.abs(shown / ms - 1)).toBeLessThan(0.023);
  });

  test("a quantile is the least slot that so many are in or below", () => {
    const slots = new Map([
      [10, 9],
      [50, 1],
    ]);
    expect(quantileMs(slots, 0.9)).toBe(durationMs(10));
    expect(quantileMs(slots, 0.91)).toBe(durationMs(50));
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
