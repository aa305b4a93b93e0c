/** What is added up for each day and month: how often, how large, how long. */

export const insightLevels = ["day", "month"] as const;
export type InsightLevel = (typeof insightLevels)[number];

export const insightMeasures = [
  "deployments",
  "failures",
  "unrecovered",
  "lead-time",
  "recovery-time",
  "commits",
  "commits-failed",
  "commits-recovery",
  "lines",
  "lines-failed",
  "lines-recovery",
  "incidents",
  "detect",
  "mitigate",
  "recover",
  "reviews-watched",
  "reviews-unwatched",
] as const;
export type InsightMeasure = (typeof insightMeasures)[number];

/**
 * Durations are counted in slots, eight of which double them: two counts add slot by slot without error. A quantile is
 * told as the mean of its slot: exact where one duration is in it, and within 9.1 % in any case.
 */
const slotsPerDoubling = 8;
/** The last slot takes whatever took longer than 2^29 s, about 17 years. */
const doublings = 29;

/** Whole milliseconds from which on each slot counts; slot 0 ends where the first of them begins, at a second. */
export const slotBoundsMs: readonly number[] = Array.from(
  { length: doublings * slotsPerDoubling + 1 },
  (_, at) => Math.ceil(1_000 * 2 ** (at / slotsPerDoubling)),
);

/** How many of the bounds are not above the value. */
export function slotOf(value: number, bounds: readonly number[]): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Slot {
  count: number;
  /** Of the durations in it, together; 0 where they are none. */
  totalMs: number;
}
/** By their numbers, those that counted anything. */
export type Slots = ReadonlyMap<number, Slot>;

export function countOf(slots: Slots): number {
  return [...slots.values()].reduce((sum, { count }) => sum + count, 0);
}

export function addSlots(all: readonly Slots[]): Slots {
  const sum = new Map<number, Slot>();
  for (const slots of all) {
    for (const [slot, { count, totalMs }] of slots) {
      const known = sum.get(slot) ?? { count: 0, totalMs: 0 };
      sum.set(slot, { count: known.count + count, totalMs: known.totalMs + totalMs });
    }
  }
  return sum;
}

/** The mean of the least slot up to which at least this share (0 to 1) is counted; null where nothing is. */
export function quantileMs(slots: Slots, share: number): number | null {
  const wanted = countOf(slots) * share;
  if (wanted === 0) return null;
  let below = 0;
  for (const [, { count, totalMs }] of [...slots].sort(([one], [other]) => one - other)) {
    below += count;
    if (below >= wanted) return totalMs / count;
  }
  throw new Error("A share is at most 1.");
}

/** From which number on each size of a deployment counts: size 0 is below the first. */
export const commitBounds = [2, 4, 8, 16] as const;
export const lineBounds = [10, 50, 200, 1_000] as const;

/** `1`, `2–3`, … `16 or more`. */
export function sizeWords(bounds: readonly number[], size: number, least: number): string {
  const from = bounds[size - 1] ?? least;
  const next = bounds[size];
  if (next === undefined) return `${from.toLocaleString("en")} or more`;
  return next - 1 === from ? `${from}` : `${from}–${next - 1}`;
}
