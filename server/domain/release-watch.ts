import { pastOverdispersion, ringingBefore, type Stretch, weighAgainstPast } from "./before-after.ts";
import { logMean } from "./evidence.ts";
import { addSlots, quantileMs, upperBoundMs } from "./latency-slots.ts";
import { type ArmCounts, Comparison, type Signal, slotsFor } from "./release-comparison.ts";
import type { SignalSource } from "./signal-source.ts";
import { type Answer, type Control, judge, type Rates, usualMargin } from "./verdict.ts";

/** What was counted of one release in one bucket. */
export interface ReleaseBucket extends ArmCounts {
  /** Seconds of Unix time. */
  beginsAt: number;
  seconds: number;
  releaseId: number;
  /** Drawn for by lot while two stood side by side. */
  byShare: boolean;
}

/** What of a release is known by now, as it is stored and shown. */
export interface ReleaseNumbers {
  requests: number;
  errors: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

export interface WatchOutcome extends Finding {
  /** Who counted all of it. */
  source: SignalSource;
}

interface Finding {
  answer: Answer;
  control: Control;
  signal: Signal | null;
  isNoticeable: boolean;
  ofNew: ReleaseNumbers;
  ofOld: ReleaseNumbers;
  /** How many minutes of traffic stand behind the new release's numbers. */
  minutes: number;
}

export interface WatchSettings {
  source: SignalSource;
  newReleaseId: number;
  /** Null where nothing was live before. */
  oldReleaseId: number | null;
  /** Since when the new release has traffic, in seconds of Unix time. */
  since: number;
}

/** Latencies of a process that has just begun say nothing of the release. */
export const warmUpSeconds = 30;

/**
 * What becomes of a release, bucket by bucket: held against the one before, where both are served side by side, else
 * against the time before. The buckets of the past come first, then what is served, in order, once each.
 */
export class ReleaseWatch {
  private readonly settings: WatchSettings;
  private readonly past: Side;
  private readonly pastErrors: PastSignal;
  private readonly pastLatencies: (PastSignal & { slot: number })[];
  private readonly slots: ReturnType<typeof slotsFor>;
  private readonly comparison: Comparison;
  private readonly earlier: Side[];
  private readonly beside = { ofNew: new Side(), ofOld: new Side() };
  private readonly after = new Side();
  private readonly seconds = new Set<number>();
  private largest = {
    controlled: { worse: 0, noWorse: 0 },
    beforeAfter: { worse: 0, noWorse: 0 },
  };

  /** `earlier` are the same hours of other days, each as a whole. */
  constructor(
    settings: WatchSettings,
    past: readonly ReleaseBucket[],
    earlier: readonly ReleaseBucket[][] = [],
  ) {
    this.settings = settings;
    this.past = Side.of(past);
    this.slots = slotsFor(this.past.latency);
    const minutes = minutesOf(past);
    this.pastErrors = pastSignal(minutes, ({ requests, errors }) => ({ requests, bad: errors }));
    this.pastLatencies = this.slots.slots.map((slot) => {
      return { slot, ...pastSignal(minutes, (side) => side.slowerThan(slot)) };
    });
    this.comparison = new Comparison({ ...this.slots, margin: usualMargin });
    for (const bucket of past) this.comparison.learn(bucket.beginsAt, bucket);
    this.earlier = earlier.map((buckets) => Side.of(buckets));
  }

  /** All that was counted in one bucket's time, whichever release served it. */
  add(buckets: readonly ReleaseBucket[]): void {
    const [first] = buckets;
    if (first === undefined) return;
    const { newReleaseId, oldReleaseId, since } = this.settings;
    const isWarm = first.beginsAt >= since + warmUpSeconds;
    const armOf = (releaseId: number | null, byShare: boolean): ArmCounts => {
      const side = Side.of(buckets.filter((one) => one.releaseId === releaseId && (one.byShare || !byShare)));
      return isWarm ? side : { requests: side.requests, errors: side.errors, latency: [] };
    };
    const [newArm, oldArm] = [armOf(newReleaseId, true), armOf(oldReleaseId, true)];
    if (newArm.requests > 0 && oldArm.requests > 0) {
      this.comparison.add({ beginsAt: first.beginsAt, seconds: first.seconds, newArm, oldArm });
      this.beside.ofNew.add(newArm);
      this.beside.ofOld.add(oldArm);
    }
    const all = armOf(newReleaseId, false);
    if (all.requests === 0) return;
    this.after.add(all);
    for (let second = 0; second < first.seconds; second += 1) this.seconds.add(first.beginsAt + second);
  }

  look(): WatchOutcome {
    return { ...this.find(), source: this.settings.source };
  }

  private find(): Finding {
    const controlled = this.lookBeside();
    if (controlled !== null && controlled.answer !== "not-enough-data") return controlled;
    const beforeAfter = this.lookBack();
    // What the lot says is stronger, as far as it says anything.
    if (controlled !== null && beforeAfter.answer !== "worse") return controlled;
    return beforeAfter;
  }

  private lookBeside(): Finding | null {
    const { ofNew, ofOld } = this.beside;
    if (ofNew.requests === 0) return null;
    const weighed = this.comparison.weigh();
    const largest = raise(this.largest.controlled, weighed);
    const verdict = judge(largest, weighed.signal, ratesOf(weighed.signal, ofNew, ofOld));
    return {
      ...verdict,
      control: "controlled",
      ofNew: ofNew.numbers(),
      ofOld: ofOld.numbers(),
      minutes: this.minutes(),
    };
  }

  private lookBack(): Finding {
    const { ofOld } = this.beside;
    // Where the one before did as badly while both were served, it is not the release.
    const befores = [this.past, ...this.earlier, ...(ofOld.requests > 0 ? [ofOld] : [])];
    const weigh = ({ badOf, ringing, overdispersion }: PastSignal) =>
      weighAgainstPast(badOf(this.after), [...befores.map(badOf), ...ringing], {
        overdispersion,
        margin: usualMargin,
      });
    const errors = weigh(this.pastErrors);
    const latencies = this.pastLatencies.map((signal) => ({ slot: signal.slot, ...weigh(signal) }));
    const loudest = latencies.reduce<(typeof latencies)[number] | null>(
      (most, one) => (most === null || one.worse > most.worse ? one : most),
      null,
    );
    const signal: Signal =
      loudest === null || errors.worse >= loudest.worse
        ? { kind: "errors" }
        : { kind: "latency", slowerThanMs: upperBoundMs(loudest.slot) };
    const decisive = latencies.filter(({ slot }) => this.slots.decisiveSlots.includes(slot));
    const largest = raise(this.largest.beforeAfter, {
      worse: logMean([errors.worse, logMean(latencies.map(({ worse }) => worse))]),
      noWorse: Math.min(errors.noWorse, ...decisive.map(({ noWorse }) => noWorse)),
    });
    const verdict = judge(largest, signal, ratesOf(signal, this.after, this.past));
    return {
      ...verdict,
      control: "before-after",
      ofNew: this.after.numbers(),
      ofOld: this.past.numbers(),
      minutes: this.minutes(),
    };
  }

  private minutes(): number {
    return this.seconds.size / 60;
  }
}

/** What is known of a signal from the time before. */
interface PastSignal {
  badOf: (side: Side) => Stretch;
  /** What rang already; none where nothing did. */
  ringing: Stretch[];
  overdispersion: number;
}

function pastSignal(minutes: readonly Side[], badOf: PastSignal["badOf"]): PastSignal {
  const past = minutes.map(badOf);
  const ringing = ringingBefore(past, usualMargin);
  return { badOf, ringing: ringing === null ? [] : [ringing], overdispersion: pastOverdispersion(past) };
}

/** What was said once stays said. */
function raise(largest: { worse: number; noWorse: number }, now: { worse: number; noWorse: number }) {
  largest.worse = Math.max(largest.worse, now.worse);
  largest.noWorse = Math.max(largest.noWorse, now.noWorse);
  return largest;
}

function ratesOf(signal: Signal, ofNew: Side, ofOld: Side): Rates {
  const badOf = (side: Side) =>
    signal.kind === "errors"
      ? { requests: side.requests, bad: side.errors }
      : side.slowerThan(side.slotAbove(signal.slowerThanMs));
  const [newer, older] = [badOf(ofNew), badOf(ofOld)];
  return {
    newBad: newer.bad,
    newRequests: newer.requests,
    oldBad: older.bad,
    oldRequests: older.requests,
  };
}

/** Sums over buckets. */
class Side implements ArmCounts {
  requests = 0;
  errors = 0;
  latency: number[] = [];

  static of(arms: readonly ArmCounts[]): Side {
    const side = new Side();
    for (const arm of arms) side.add(arm);
    return side;
  }

  add({ requests, errors, latency }: ArmCounts): void {
    this.requests += requests;
    this.errors += errors;
    addSlots(this.latency, latency);
  }

  slowerThan(slot: number): Stretch {
    const requests = this.latency.reduce((sum, count) => sum + count, 0);
    return { requests, bad: this.latency.slice(slot + 1).reduce((sum, count) => sum + count, 0) };
  }

  slotAbove(boundMs: number): number {
    return this.latency.findLastIndex((_, slot) => upperBoundMs(slot) <= boundMs * 1.000001);
  }

  numbers(): ReleaseNumbers {
    return {
      requests: this.requests,
      errors: this.errors,
      p50Ms: quantileMs(this.latency, 0.5),
      p95Ms: quantileMs(this.latency, 0.95),
      p99Ms: quantileMs(this.latency, 0.99),
    };
  }
}

function minutesOf(buckets: readonly ReleaseBucket[]): Side[] {
  const minutes = new Map<number, Side>();
  for (const bucket of buckets) {
    const minute = Math.floor(bucket.beginsAt / 60);
    const side = minutes.get(minute) ?? new Side();
    minutes.set(minute, side);
    side.add(bucket);
  }
  return [...minutes.values()];
}
