import {
  type Figure,
  type FigureLine,
  type FigurePoint,
  latencyText,
  percentText,
} from "#components/charts/figure.ts";
import type { SeriesPoint } from "#server/domain/release-series.ts";

export type Measure = Pick<Figure, "title" | "format"> & { valueOf: (point: SeriesPoint) => number | null };

const errorRate: Measure = {
  title: "Error rate",
  format: percentText,
  valueOf: ({ errors, requests }) => (requests === 0 ? null : (errors / requests) * 100),
};
const throughput: Measure = {
  title: "Requests a second",
  format: (value) => value.toFixed(value < 10 ? 1 : 0),
  valueOf: ({ requests, seconds }) => requests / seconds,
};
const p95: Measure = { title: "p95 latency", format: latencyText, valueOf: ({ p95Ms }) => p95Ms };

export const reviewMeasures = [errorRate, p95, throughput];
export const releaseMeasures = [
  ...[errorRate, throughput],
  { title: "p50 latency", format: latencyText, valueOf: ({ p50Ms }) => p50Ms },
  p95,
  { title: "p99 latency", format: latencyText, valueOf: ({ p99Ms }) => p99Ms },
] satisfies Measure[];

export interface NamedSeries extends FigureLine {
  series: readonly SeriesPoint[];
}

/** A measure of releases; `steps` are the times at which there may be points, so that gaps are seen as such. */
export function figureOf(
  measure: Measure,
  lines: readonly NamedSeries[],
  steps: readonly number[] = [],
): Figure {
  const empty = (at: number): FigurePoint => ({
    at,
    values: Object.fromEntries(lines.map(({ key }) => [key, null])),
  });
  const points = new Map(steps.map((at) => [at, empty(at)]));
  for (const { key, series } of lines) {
    for (const point of series) {
      const at = Date.parse(point.at);
      const known = points.get(at) ?? empty(at);
      known.values[key] = measure.valueOf(point);
      points.set(at, known);
    }
  }
  return {
    title: measure.title,
    format: measure.format,
    lines,
    points: [...points.values()].sort((one, other) => one.at - other.at),
  };
}
