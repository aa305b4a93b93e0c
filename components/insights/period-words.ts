import type { Insights } from "#server/domain/insights.ts";

/** Days of insights are days in UTC, wherever the reader is. */
const day = (text: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(new Date(text));

export function dayText(text: string): string {
  return day(text, { day: "numeric", month: "short", year: "numeric" });
}

/** `3 Nov`, or `Nov 2025` for a month. */
export function periodName({ from }: { from: string }, unit: Insights["periodUnit"]): string {
  return unit === "month"
    ? day(from, { month: "short", year: "numeric" })
    : day(from, { day: "numeric", month: "short" });
}
