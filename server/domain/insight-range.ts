import type { InsightLevel } from "./insight-counts.ts";

/** Days are in UTC, as YYYY-MM-DD, and a stretch has both its ends in it. */
export interface DayRange {
  from: string;
  to: string;
}

export const insightRanges = ["30d", "90d", "1y", "5y"] as const;
export type InsightRange = (typeof insightRanges)[number];

const rangeDays: Record<InsightRange, number> = { "30d": 30, "90d": 90, "1y": 365, "5y": 1_826 };
const dayMs = 24 * 3_600_000;
/** What is drawn in one picture: more bars say less. */
const mostDays = 31;
const mostDaysInWeeks = 26 * 7;

export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayOf(new Date(Date.parse(day) + days * dayMs));
}

/** The earlier one of two days. */
export function earlierOf(one: string, other: string): string {
  return one.localeCompare(other) <= 0 ? one : other;
}

/** How many days are in it. */
export function daysIn({ from, to }: DayRange): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs) + 1;
}

/** The range of that name that ends with today. */
export function rangeOf(name: InsightRange, today: string): DayRange {
  return { from: addDays(today, 1 - rangeDays[name]), to: today };
}

const longestDays = 10 * 366;

/** Why it is none; null where it is. */
export function rangeProblem({ from, to }: DayRange): string | null {
  if (from > to) return "It begins after its end.";
  return daysIn({ from, to }) > longestDays ? "Ask for ten years at most." : null;
}

/** As many days right before. */
export function rangeBefore(range: DayRange): DayRange {
  return { from: addDays(range.from, -daysIn(range)), to: addDays(range.from, -1) };
}

export type PeriodUnit = "day" | "week" | "month";

export function unitFor(range: DayRange): PeriodUnit {
  const days = daysIn(range);
  if (days <= mostDays) return "day";
  return days <= mostDaysInWeeks ? "week" : "month";
}

/** The day on which the period begins that this day is in. */
export function periodStart(day: string, unit: PeriodUnit): string {
  if (unit === "day") return day;
  if (unit === "month") return `${day.slice(0, 7)}-01`;
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

/** All periods of a range, in order; the first and the last one may be cut. */
export function periodsIn(range: DayRange, unit: PeriodUnit): DayRange[] {
  const periods: DayRange[] = [];
  for (let from = range.from; from <= range.to; ) {
    const next = nextPeriod(from, unit);
    const end = addDays(next, -1);
    periods.push({ from, to: earlierOf(end, range.to) });
    from = next;
  }
  return periods;
}

function nextPeriod(day: string, unit: PeriodUnit): string {
  const start = periodStart(day, unit);
  if (unit === "month") return periodStart(addDays(start, 31), "month");
  return addDays(start, unit === "week" ? 7 : 1);
}

/** The few stretches that a range is read in: whole months where its periods are months, days at its ends. */
export function stretchesOf(range: DayRange, unit: PeriodUnit): (DayRange & { level: InsightLevel })[] {
  if (unit !== "month") return [{ ...range, level: "day" }];
  const isWhole = ({ from, to }: DayRange) =>
    from === periodStart(from, "month") && addDays(to, 1) === nextPeriod(from, "month");
  const periods = periodsIn(range, unit);
  const whole = periods.filter(isWhole);
  const [first, last] = [whole[0], whole.at(-1)];
  if (first === undefined || last === undefined) return [{ ...range, level: "day" }];
  const stretches: (DayRange & { level: InsightLevel })[] = [
    { from: range.from, to: addDays(first.from, -1), level: "day" },
    { from: first.from, to: last.to, level: "month" },
    { from: addDays(last.to, 1), to: range.to, level: "day" },
  ];
  return stretches.filter(({ from, to }) => from <= to);
}
