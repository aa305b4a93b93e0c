import { addSlots, quantileMs } from "./latency-slots.ts";
import type { ReleaseBucket } from "./release-watch.ts";

/** A point of a chart: what one release served in a stretch of time. */
export interface SeriesPoint {
  /** ISO 8601, in UTC. */
  at: string;
  seconds: number;
  requests: number;
  errors: number;
  p50Ms: number | null;
  p95Ms: number | null;
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
    const slots: number[] = [];
    for (const part of parts) addSlots(slots, part.latency);
    return {
      at: new Date(beginsAt * 1_000).toISOString(),
      seconds,
      requests: parts.reduce((sum, { requests }) => sum + requests, 0),
      errors: parts.reduce((sum, { errors }) => sum + errors, 0),
      p50Ms: quantileMs(slots, 0.5),
      p95Ms: quantileMs(slots, 0.95),
    };
  });
}
