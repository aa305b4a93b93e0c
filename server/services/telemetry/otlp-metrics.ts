import { addToSlot, slotOf } from "#server/domain/latency-slots.ts";
import { otherRoutes, routeTemplate } from "#server/domain/route-template.ts";
import {
  attributesOf,
  listOf,
  numberOf,
  type Part,
  partOf,
  statusAt,
  textAt,
  textOf,
} from "./otlp-attributes.ts";
import { resourceOf } from "./otlp-resource.ts";
import type { ToldResource } from "./otlp-told.ts";

/** What a histogram of requests says at one moment. */
export interface RequestPoint {
  resource: ToldResource;
  /** Of which series: the same for the same attributes. */
  series: string;
  route: string;
  status: number;
  isCumulative: boolean;
  /** Seconds of Unix time. */
  startAt: number;
  at: number;
  /** How many took how long, by slot; null where that cannot be true. */
  latency: number[] | null;
}

/** Histograms of requests that a server answered, the present one in seconds and the older in milliseconds. */
const msPerUnit: Record<string, number> = {
  "http.server.request.duration": 1_000,
  "http.server.duration": 1,
};
const nanosPerSecond = 1_000_000_000;
const cumulative = 2;

/** Reads an ExportMetricsServiceRequest in the shape of OTLP's JSON. Other metrics than those of requests are left out. */
export function* requestPoints(body: unknown): Generator<RequestPoint> {
  for (const resourceMetrics of listOf(partOf(body).resourceMetrics)) {
    const { resource: told, scopeMetrics } = partOf(resourceMetrics);
    const resource = resourceOf(told);
    for (const scope of listOf(scopeMetrics)) {
      for (const metric of listOf(partOf(scope).metrics)) yield* pointsOf(partOf(metric), resource);
    }
  }
}

function* pointsOf(metric: Part, resource: ToldResource): Generator<RequestPoint> {
  const unitMs = msPerUnit[textOf(metric.name)];
  if (unitMs === undefined) return;
  const isExponential = metric.exponentialHistogram !== undefined;
  const { dataPoints, aggregationTemporality } = partOf(metric.exponentialHistogram ?? metric.histogram);
  for (const told of listOf(dataPoints)) {
    const point = partOf(told);
    const attributes = attributesOf(point.attributes);
    const target = textAt(attributes, "http.route", "http.target");
    const series = JSON.stringify([...attributes].sort(([one], [other]) => (one < other ? -1 : 1)));
    yield {
      resource,
      series: `${textOf(metric.name)} ${series}`,
      route: target === "" ? otherRoutes : routeTemplate(target),
      status: statusAt(attributes),
      isCumulative: aggregationTemporality === cumulative,
      startAt: numberOf(point.startTimeUnixNano) / nanosPerSecond,
      at: numberOf(point.timeUnixNano) / nanosPerSecond,
      latency: slotsOf(isExponential ? exponentialBuckets(point, unitMs) : explicitBuckets(point, unitMs)),
    };
  }
}

/** How many took at most so many milliseconds, and longer than those of the bucket before. */
interface LatencyBucket {
  upToMs: number;
  count: number;
}

/** What lies above the last bound is taken for twice as long as that. */
function explicitBuckets(point: Part, unitMs: number): LatencyBucket[] {
  const bounds = listOf(point.explicitBounds).map(numberOf);
  const counts = listOf(point.bucketCounts).map(numberOf);
  const beyond = (bounds.at(-1) ?? 0.5) * 2;
  // Without buckets only their number is known.
  if (counts.length === 0) return [{ upToMs: 0, count: numberOf(point.count) }];
  return counts.map((count, index) => ({ upToMs: (bounds[index] ?? beyond) * unitMs, count }));
}

/** Bucket i ends at 2^((i + 1) / 2^scale). */
function exponentialBuckets(point: Part, unitMs: number): LatencyBucket[] {
  const scale = numberOf(point.scale ?? 0);
  const positive = partOf(point.positive);
  const offset = numberOf(positive.offset ?? 0);
  const counts = listOf(positive.bucketCounts).map(numberOf);
  return [
    { upToMs: 0, count: numberOf(point.zeroCount ?? 0) },
    ...counts.map((count, index) => ({
      upToMs: 2 ** ((offset + index + 1) / 2 ** scale) * unitMs,
      count,
    })),
  ];
}

function slotsOf(buckets: readonly LatencyBucket[]): number[] | null {
  const latency: number[] = [];
  for (const { upToMs, count } of buckets) {
    if (!(Number.isSafeInteger(count) && count >= 0 && upToMs >= 0)) return null;
    addToSlot(latency, slotOf(upToMs), count);
  }
  return latency;
}
