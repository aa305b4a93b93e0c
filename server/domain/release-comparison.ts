import {
  Evidence,
  type Hypothesis,
  logMean,
  noDifference,
  type Stakes,
  stakesOf,
  worseBy,
} from "./evidence.ts";
import { slotCount, upperBoundMs } from "./latency-slots.ts";
import { Overdispersion } from "./overdispersion.ts";

/** What one release served in a bucket. */
export interface ArmCounts {
  requests: number;
  errors: number;
  /** How many took how long, by the slots of ../latency-slots.ts; of those that count for latency. */
  latency: readonly number[];
}

/** A bucket that is over: every router has told of it. */
export interface ComparedBucket {
  /** Seconds of Unix time. */
  beginsAt: number;
  seconds: number;
  newArm: ArmCounts;
  oldArm: ArmCounts;
}

export interface ComparisonSettings {
  /** The slots that latencies are held against: how many were slower than each. Fixed before anything is looked at. */
  slots: readonly number[];
  /** Of these every one must be no worse; some of the former. */
  decisiveSlots: readonly number[];
  /** How many times as bad counts as worse: 1.5 where nothing else is said. */
  margin: number;
}

/** What is compared: the errors, or how many were slower than a bound. */
export type Signal = { kind: "errors" } | { kind: "latency"; slowerThanMs: number };

/** What speaks for each answer, as logarithms of E. */
export interface Weighed {
  worse: number;
  noWorse: number;
  /** What speaks the loudest for worse. */
  signal: Signal;
}

/**
 * Two releases that are served side by side, bucket by bucket. Costs some microseconds a bucket, and looking costs as much
 * after a month as after a minute.
 */
export class Comparison {
  private readonly slots: readonly number[];
  private readonly hypotheses: readonly [Hypothesis, Hypothesis];
  private readonly errors: SignalEvidence;
  private readonly latencies: SignalEvidence[];
  private readonly decisive: SignalEvidence[];

  constructor({ slots, decisiveSlots, margin }: ComparisonSettings) {
    this.slots = slots;
    this.hypotheses = [noDifference, worseBy(margin)];
    this.errors = new SignalEvidence(this.hypotheses);
    this.latencies = slots.map(() => new SignalEvidence(this.hypotheses));
    this.decisive = this.latencies.filter((_, place) => decisiveSlots.includes(slots[place] as number));
  }

  /** What the old release served before there was anything to compare: says how its bad requests come. */
  learn(beginsAt: number, { requests, errors, latency }: ArmCounts): void {
    this.errors.past.add(beginsAt, requests, errors);
    const slower = slowerThan(latency);
    for (const [place, signal] of this.latencies.entries()) {
      signal.past.add(beginsAt, slower(-1), slower(this.slots[place] as number));
    }
  }

  add({ beginsAt, newArm, oldArm }: ComparedBucket): void {
    this.errors.add(
      beginsAt,
      { requests: newArm.requests, bad: newArm.errors },
      { requests: oldArm.requests, bad: oldArm.errors },
      this.stakes(newArm.requests, oldArm.requests),
    );
    if (this.slots.length === 0) return;
    const newSlower = slowerThan(newArm.latency);
    const oldSlower = slowerThan(oldArm.latency);
    const stakes = this.stakes(newSlower(-1), oldSlower(-1));
    for (const [place, signal] of this.latencies.entries()) {
      const slot = this.slots[place] as number;
      signal.add(
        beginsAt,
        { requests: newSlower(-1), bad: newSlower(slot) },
        { requests: oldSlower(-1), bad: oldSlower(slot) },
        stakes,
      );
    }
  }

  /** Null where only one of them served anything: that is no comparison. */
  private stakes(newRequests: number, oldRequests: number): readonly [Stakes, Stakes] | null {
    if (newRequests === 0 || oldRequests === 0) return null;
    const [worse, noWorse] = this.hypotheses;
    return [stakesOf(worse, newRequests, oldRequests), stakesOf(noWorse, newRequests, oldRequests)];
  }

  weigh(): Weighed {
    const errors = this.errors.logWorse();
    const latencies = this.latencies.map((signal) => signal.logWorse());
    const loudest = latencies.indexOf(Math.max(...latencies));
    const isOfErrors = loudest === -1 || errors >= (latencies[loudest] as number);
    return {
      // Errors count as much as all of the latency.
      worse: latencies.length === 0 ? errors : logMean([errors, logMean(latencies)]),
      // Each signal could be the one that is worse: all of them have to say no.
      noWorse: Math.min(this.errors.logNoWorse(), ...this.decisive.map((signal) => signal.logNoWorse())),
      signal: isOfErrors
        ? { kind: "errors" }
        : { kind: "latency", slowerThanMs: upperBoundMs(this.slots[loudest] as number) },
    };
  }
}

interface Arm {
  requests: number;
  bad: number;
}

/** Of one signal, with how its bad requests come. */
class SignalEvidence {
  readonly past = new Overdispersion();
  private readonly newArm = new Overdispersion();
  private readonly oldArm = new Overdispersion();
  private readonly worse: Evidence;
  private readonly noWorse: Evidence;

  constructor([worse, noWorse]: readonly [Hypothesis, Hypothesis]) {
    this.worse = new Evidence(worse);
    this.noWorse = new Evidence(noWorse);
  }

  add(beginsAt: number, newArm: Arm, oldArm: Arm, stakes: readonly [Stakes, Stakes] | null): void {
    this.newArm.add(beginsAt, newArm.requests, newArm.bad);
    this.oldArm.add(beginsAt, oldArm.requests, oldArm.bad);
    if (stakes === null) return;
    this.worse.add(stakes[0], newArm.bad, oldArm.bad);
    this.noWorse.add(stakes[1], newArm.bad, oldArm.bad);
  }

  logWorse(): number {
    return this.worse.logE(this.overdispersion());
  }

  logNoWorse(): number {
    return this.noWorse.logE(this.overdispersion());
  }

  private overdispersion(): number {
    return Overdispersion.of([this.past, this.newArm, this.oldArm]);
  }
}

/** How many lie in slots above this one; above −1 all of them. */
function slowerThan(latency: readonly number[]): (slot: number) => number {
  const above = new Array<number>(latency.length + 1).fill(0);
  for (let slot = latency.length - 1; slot >= 0; slot -= 1) {
    above[slot] = (above[slot + 1] as number) + (latency[slot] as number);
  }
  return (slot) => (slot + 1 >= above.length ? 0 : (above[slot + 1] as number));
}

const watchedQuantiles = [0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995] as const;
const mostQuantile = 0.995;
const decisiveQuantiles: readonly number[] = [0.5, 0.95, 0.99];
/** Fewer say nothing of where the old release's latencies lie. */
const leastKnown = 200;

/** The slots to compare by: where the old release's latencies lay before, or, where that is not known, one each doubling. */
export function slotsFor(past: readonly number[]): Pick<ComparisonSettings, "slots" | "decisiveSlots"> {
  const all = past.reduce((sum, count) => sum + count, 0);
  if (all < leastKnown) {
    const slots = Array.from({ length: 16 }, (_, doubling) => 32 + doubling * 8).filter(
      (slot) => slot < slotCount,
    );
    return { slots, decisiveSlots: slots };
  }
  // The slot below the one in which the quantile lies: as many as it says are slower than that, or more.
  const slotAt = (quantile: number) => {
    let below = 0;
    const slot = past.findIndex((count) => {
      below += count;
      return below >= all * quantile;
    });
    return Math.max(0, slot - 1);
  };
  return {
    // And what hardly anything reached before.
    slots: [
      ...new Set([...watchedQuantiles.map(slotAt), slotAt(mostQuantile) + 1, slotAt(mostQuantile) + 9]),
    ],
    decisiveSlots: [...new Set(decisiveQuantiles.map(slotAt))],
  };
}
