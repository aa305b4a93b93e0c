/** Which time of a release is shown: so long before and after its switch, all its time, or the last hour. */
export const releaseRanges = ["30m", "3h", "1d", "1w", "all", "now"] as const;
export type ReleaseRange = (typeof releaseRanges)[number];

export const rangeWords: Record<ReleaseRange, string> = {
  "30m": "30 min around",
  "3h": "3 h around",
  "1d": "A day around",
  "1w": "A week around",
  all: "All its time",
  now: "Last hour",
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const aroundMs: Partial<Record<ReleaseRange, number>> = {
  "30m": 30 * minuteMs,
  "3h": 3 * hourMs,
  "1d": dayMs,
  "1w": 7 * dayMs,
};
const shortestMs = minuteMs;

export interface TimeRange {
  from: Date;
  to: Date;
}

/**
 * `live` is when the release was; without it there is nothing to stand around, and the last hour is shown. None ends in the
 * future.
 */
export function rangeOf(
  range: ReleaseRange,
  live: { from: Date; to: Date | null } | null,
  now: Date,
): TimeRange {
  if (live === null || range === "now") return { from: new Date(now.getTime() - hourMs), to: now };
  const [switchedAt, endedAt] = [live.from.getTime(), live.to?.getTime() ?? now.getTime()];
  const around = aroundMs[range];
  if (around !== undefined) return endedBy(switchedAt - around, switchedAt + around, now);
  const before = Math.min(dayMs, Math.max(30 * minuteMs, (endedAt - switchedAt) / 10));
  return endedBy(switchedAt - before, endedAt, now);
}

function endedBy(fromMs: number, toMs: number, now: Date): TimeRange {
  return { from: new Date(fromMs), to: new Date(Math.min(toMs, now.getTime())) };
}

/** The same range with its middle where it was, `factor` times as long. */
export function zoomed({ from, to }: TimeRange, factor: number, now: Date): TimeRange {
  const [middle, half] = [(from.getTime() + to.getTime()) / 2, (to.getTime() - from.getTime()) / 2];
  const halfMs = Math.max(shortestMs / 2, half * factor);
  return endedBy(middle - halfMs, middle + halfMs, now);
}

/** Earlier or later by so many of its lengths, but not into the future. */
export function moved({ from, to }: TimeRange, lengths: number, now: Date): TimeRange {
  const length = to.getTime() - from.getTime();
  const end = Math.min(to.getTime() + lengths * length, now.getTime());
  return { from: new Date(end - length), to: new Date(end) };
}
