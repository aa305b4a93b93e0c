/** For how many days counts are kept as fine as they came, by the minute, and by the hour. */
export interface KeptDays {
  counts: number;
  minutes: number;
  hours: number;
}

export const usualKeptDays: KeptDays = { counts: 3, minutes: 35, hours: 400 };

const dayMs = 24 * 3_600_000;
const minuteSeconds = 60;
const hourSeconds = 3_600;

/**
 * What a chart's points may stand for, in seconds, each with the longest range that is drawn with it: some 300 points, and
 * fewer where what is summed up for them is fine.
 */
const steps = [
  { seconds: 10, longestMinutes: 10 },
  { seconds: minuteSeconds, longestMinutes: 5 * 60 },
  { seconds: 5 * minuteSeconds, longestMinutes: 25 * 60 },
  { seconds: 10 * minuteSeconds, longestMinutes: 50 * 60 },
  { seconds: hourSeconds, longestMinutes: 300 * 60 },
  { seconds: 3 * hourSeconds, longestMinutes: 900 * 60 },
  { seconds: 6 * hourSeconds, longestMinutes: 1_800 * 60 },
  { seconds: 24 * hourSeconds, longestMinutes: 7_200 * 60 },
] as const;
const coarsest = { seconds: 7 * 24 * hourSeconds };

export type Grain = "counts" | "minutes" | "hours";

/** What a step is summed up from. */
export function grainOf(stepSeconds: number): Grain {
  if (stepSeconds < minuteSeconds) return "counts";
  return stepSeconds < hourSeconds ? "minutes" : "hours";
}

/** The finest step for a range that is still known at its beginning, in seconds. */
export function stepFor(range: { from: Date; to: Date }, now: Date, kept: KeptDays): number {
  const minutes = (range.to.getTime() - range.from.getTime()) / 60_000;
  // A day less: days are dropped as a whole, and some time after they are over.
  const isKept = (grain: Grain) => now.getTime() - range.from.getTime() < (kept[grain] - 1) * dayMs;
  const step = steps.find(
    ({ seconds, longestMinutes }) =>
      minutes <= longestMinutes && (grainOf(seconds) === "hours" || isKept(grainOf(seconds))),
  );
  return (step ?? coarsest).seconds;
}
