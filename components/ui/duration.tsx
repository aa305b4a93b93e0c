"use client";
import { clsx } from "clsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import { useNow } from "./clock.ts";

export type DurationProps = {
  className?: string;
} & (
  | { ms: number }
  /** Counts on from `since` each second, until `until` is known. */
  | { since: string | Date; until?: string | Date | null }
);

/** `84 ms`, `3.2 s`, `1 m 12 s`. */
export function Duration({ className, ...props }: DurationProps) {
  if ("ms" in props) return <Text ms={props.ms} className={className} />;
  const sinceMs = new Date(props.since).getTime();
  if (props.until === undefined || props.until === null)
    return <Running sinceMs={sinceMs} className={className} />;
  return <Text ms={new Date(props.until).getTime() - sinceMs} className={className} />;
}

/** Whole seconds while it counts: tenths would only flicker. */
function Running({ sinceMs, className }: { sinceMs: number; className?: string }) {
  const now = useNow(1_000) ?? Date.now();
  const seconds = Math.max(0, Math.floor((now - sinceMs) / 1_000));
  const text = seconds < 60 ? `${seconds} s` : formatDurationMs(seconds * 1_000);
  return (
    <span suppressHydrationWarning className={clsx("whitespace-nowrap", className)}>
      {text}
    </span>
  );
}

function Text({ ms, className }: { ms: number; className?: string }) {
  return <span className={clsx("whitespace-nowrap", className)}>{formatDurationMs(ms)}</span>;
}
