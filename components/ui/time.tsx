"use client";
import { clsx } from "clsx";
import { useNow } from "./clock.ts";
import { absoluteTime, exactTime, relativeTime } from "./time-text.ts";

export type TimeProps = {
  /** ISO text or Date. */
  at: string | Date;
  /**
   * `inline` (default): `23 Nov, 08:41 CET · 3 min ago`; `stacked`: the age above the date, for tables and cells;
   * `relative` or `absolute`: one of them, with the other in the title.
   */
  layout?: "inline" | "stacked" | "relative" | "absolute";
  className?: string;
};

/** A moment, absolute with its zone and relative, kept up to date. The server speaks UTC, the browser its own zone. */
export function Time({ at, layout = "inline", className }: TimeProps) {
  const moment = typeof at === "string" ? new Date(at) : at;
  const now = useNow(stepFor(moment));
  const nowMs = now === null ? Date.now() : Math.max(now, Date.now());
  const zone = now === null ? "UTC" : undefined;
  const absolute = absoluteTime(moment, nowMs, zone);
  const relative = relativeTime(moment, nowMs);
  return (
    <time
      dateTime={moment.toISOString()}
      title={layout === "relative" ? `${exactTime(moment, zone)}` : `${exactTime(moment, zone)}, ${relative}`}
      suppressHydrationWarning
      className={clsx("whitespace-nowrap", layout === "stacked" && "inline-flex flex-col", className)}
    >
      {layout !== "absolute" && layout !== "inline" && <span suppressHydrationWarning>{relative}</span>}
      {layout !== "relative" && (
        <span suppressHydrationWarning className={clsx(layout === "stacked" && "text-faint text-xs")}>
          {absolute}
        </span>
      )}
      {layout === "inline" && (
        <span suppressHydrationWarning className="text-faint">
          {" "}
          · {relative}
        </span>
      )}
    </time>
  );
}

/** How often the words can change: each second in the first minute, then less. */
function stepFor(moment: Date): number {
  const ageMs = Math.abs(Date.now() - moment.getTime());
  return ageMs < 60_000 ? 1_000 : ageMs < 3_600_000 ? 10_000 : 60_000;
}
