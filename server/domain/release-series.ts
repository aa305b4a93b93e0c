import { addSlots, quantileMs } from "./latency-slots.ts";
import type { ReleaseBucket, ReleaseNumbers } from "./release-watch.ts";

/** A point of a chart: what one release served in a stretch of time. */
export interface SeriesPoint extends ReleaseNumbers {
  /** ISO 8601, in UTC. */
  at: string;
  seconds: number;
}

/** What one release served in a stretch of time. */
export interface StretchCounts {
  /** Seconds of Unix time. */
  beginsAt: number;
  seconds: number;
  requests: number;
  errors: number;
  /** How many took how long, by slot. */
  latency: readonly number[];
}

/** What is told of counts: quantiles instead of slots. */
export function numbersOf(counts: Pick<StretchCounts, "requests" | "errors" | "latency">): ReleaseNumbers {
  const { requests, errors, latency } = counts;
  const at = (quantile: number) => quantileMs(latency, quantile);
  return { requests, errors, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

export function pointOf(stretch: StretchCounts): SeriesPoint {
  const { beginsAt, seconds } = stretch;
  return { at: new Date(beginsAt * 1_000).toISOString(), seconds, ...numbersOf(stretch) };
}

export interface Stretches {
  seconds: number;
  /** In seconds of Unix time, each: where one of them begins, and by when those that are shown have ended. */
  from: number;
  until: number;
}

/** Buckets of one release put together to stretches, in their order; none where nothing was served. */
export function seriesOf(
  buckets: readonly ReleaseBucket[],
  releaseId: number | null,
  { seconds, from, until }: Stretches,
): SeriesPoint[] {
  const stretches = Map.groupBy(
    buckets.filter((bucket) => bucket.releaseId === releaseId),
    ({ beginsAt }) => from + Math.floor((beginsAt - from) / seconds) * seconds,
  );
  const ended = [...stretches].filter(([beginsAt]) => beginsAt + seconds <= until);
  return ended.map(([beginsAt, parts]) => {
    const latency: number[] = [];
    for (const part of parts) addSlots(latency, part.latency);
    return pointOf({
      ...{ beginsAt, seconds, latency },
      requests: parts.reduce((sum, { requests }) => sum + requests, 0),
      errors: parts.reduce((sum, { errors }) => sum + errors, 0),
    });
  });
}
