/** Durations as people write them: `500ms`, `30s`, `5m`, `1h`, `2d`. */

const unitsInMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d{1,9})(ms|s|m|h|d)$/;

/** Milliseconds of a written duration, or null where it is not one. */
export function parseDurationMs(text: string): number | null {
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  return Number(match[1]) * unitsInMs[match[2] as keyof typeof unitsInMs];
}

/** The shortest text that still tells durations apart: `84 ms`, `3.2 s`, `1 m 12 s`, `2 h 5 m`. */
export function formatDurationMs(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}
