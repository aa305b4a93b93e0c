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

/** `5 d`, `3.3 h`: the greatest unit alone, for a scale. */
export function roughDuration(ms: number): string {
  const units = [
    { name: "d", ms: 86_400_000 },
    { name: "h", ms: 3_600_000 },
    { name: "m", ms: 60_000 },
  ];
  const unit = units.find((one) => ms >= one.ms) ?? { name: "s", ms: 1_000 };
  return `${Number((ms / unit.ms).toFixed(1))} ${unit.name}`;
}
