import type { RequestPoint } from "./otlp-metrics.ts";

/** How many series are remembered; those that were silent the longest are forgotten. */
const mostSeries = 20_000;

interface Known {
  startAt: number;
  at: number;
  latency: number[];
}

/** Requests that were over in a stretch of time. */
export interface Difference {
  /** Seconds of Unix time. */
  beginsAt: number;
  endsAt: number;
  latency: number[];
}

/** What has come since the point before: cumulative series are told as sums since their start. */
export class RequestDifferences {
  private readonly known = new Map<string, Known>();

  /**
   * Null where nothing is to be counted: what cannot be true, a point that comes twice, and the first of a series whose
   * requests were told otherwise until then (`isToldOtherwise`). A series that comes later began after the last point.
   */
  take(key: string, point: RequestPoint, isToldOtherwise: boolean): Difference | null {
    const { startAt, at, latency, isCumulative } = point;
    if (latency === null || !Number.isFinite(at) || startAt > at) return null;
    const sinceStart = { beginsAt: startAt > 0 ? startAt : at, endsAt: at, latency };
    if (!isCumulative) return sinceStart;
    const before = this.known.get(key);
    const isSame = before !== undefined && before.startAt === startAt;
    if (isSame && before.at >= at) return null;
    this.remember(key, { startAt, at, latency });
    if (isSame && sum(latency) >= sum(before.latency)) {
      return { beginsAt: before.at, endsAt: at, latency: subtract(latency, before.latency) };
    }
    // One that began anew counts from there; of one that has no start nobody knows since when.
    if (before === undefined && (isToldOtherwise || !(startAt > 0))) return null;
    return sinceStart;
  }

  private remember(key: string, value: Known): void {
    this.known.delete(key);
    this.known.set(key, value);
    if (this.known.size <= mostSeries) return;
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
  }
}

function sum(latency: readonly number[]): number {
  return latency.reduce((all, count) => all + count, 0);
}

/** A histogram that was made coarser moves counts to other slots: what is too many then is taken from the lowest. */
function subtract(latency: readonly number[], before: readonly number[]): number[] {
  const difference = latency.map((count, slot) => Math.max(0, count - (before[slot] ?? 0)));
  let surplus = sum(difference) - (sum(latency) - sum(before));
  return difference.map((count) => {
    const taken = Math.min(count, surplus);
    surplus -= taken;
    return count - taken;
  });
}
