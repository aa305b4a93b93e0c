import { type Figure, type FigurePoint, latencyText, percentText } from "#components/charts/figure.ts";
import type { SeriesPoint } from "#server/domain/release-series.ts";

type Measure = Pick<Figure, "title" | "format"> & { valueOf: (point: SeriesPoint) => number | null };

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

export interface TwoSeries {
  ofNew: readonly SeriesPoint[];
  ofOld: readonly SeriesPoint[];
}

/** A release, and the one before; `steps` are the times at which there may be points, so that gaps are seen as such. */
export function figureOf(
  measure: Measure,
  { ofNew, ofOld }: TwoSeries,
  names: { ofNew: string; ofOld: string | null },
  steps: readonly number[] = [],
): Figure {
  const points = new Map<number, FigurePoint>(
    steps.map((at) => [at, { at, values: { ofNew: null, ofOld: null } }]),
  );
  for (const [key, series] of [["ofOld", ofOld] as const, ["ofNew", ofNew] as const]) {
    for (const point of series) {
      const at = Date.parse(point.at);
      const known = points.get(at) ?? { at, values: { ofNew: null, ofOld: null } };
      known.values[key] = measure.valueOf(point);
      points.set(at, known);
    }
  }
  return {
    title: measure.title,
    format: measure.format,
    lines: [
      { key: "ofNew", name: names.ofNew, look: "front" },
      ...(names.ofOld === null ? [] : [{ key: "ofOld", name: names.ofOld, look: "back" } as const]),
    ],
    points: [...points.values()].sort((one, other) => one.at - other.at),
  };
}
