/** What a chart and the table beside it say. */
export interface Figure {
  title: string;
  format: (value: number) => string;
  /** The first one in front. */
  lines: readonly FigureLine[];
  points: readonly FigurePoint[];
}

export interface FigureLine {
  key: string;
  name: string;
  look: "front" | "back" | "ghost";
}

export interface FigurePoint {
  /** Milliseconds of Unix time. */
  at: number;
  /** By the line's key; null or nothing where it has none. */
  values: Record<string, number | null>;
}

const minuteMs = 60_000;
const dayMs = 24 * 3_600_000;

/** Within ten minutes the second, within two days the minute, within longer times the day. */
export function tickText(at: number, spanMs: number): string {
  const text = new Date(at).toISOString();
  if (spanMs < 10 * minuteMs) return text.slice(11, 19);
  return spanMs > 2 * dayMs ? text.slice(5, 10) : text.slice(11, 16);
}

/** `2026-11-27 13:45:10 UTC` */
export function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `41 ms`, `1.25 s` */
export function latencyText(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

export function percentText(percent: number): string {
  return `${percent.toFixed(percent < 1 ? 2 : 1)} %`;
}
