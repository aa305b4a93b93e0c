import type { DeploymentKind } from "./deployment.ts";
import type { IncidentState } from "./incident.ts";
import {
  addSlots,
  commitBounds,
  countOf,
  type InsightMeasure,
  lineBounds,
  quantileMs,
  type Slots,
} from "./insight-counts.ts";
import type { Interval } from "./wilson.ts";
import { wilson } from "./wilson.ts";

/**
 * The four measures of DORA (https://dora.dev/guides/dora-metrics-four-keys/) and what goes with them. Nothing in here
 * knows a person.
 */

/** They bring a change. Going back is a remedy: it must not make anybody look faster. */
export const changeKinds = ["deploy", "promote", "roll-forward"] as const satisfies DeploymentKind[];

/** Somebody or much data has said that users were affected. */
export const confirmedStates = ["open", "mitigated", "recovered"] as const satisfies IncidentState[];

/** So many of one measure, in one stretch of time. */
export interface CountRow {
  measure: InsightMeasure;
  size: number;
  slots: Slots;
}

/** Of `n` durations, in milliseconds; null where there is none. */
export interface Spread {
  n: number;
  medianMs: number | null;
  p90Ms: number | null;
}

export interface SizeRisk {
  /** See `sizeWords`. */
  size: number;
  deployments: number;
  failed: number;
  /** Of those that failed among all of this size, with its 95 % interval; null where there is none. */
  failRate: Interval | null;
  recovery: Spread;
}

export interface PeriodFigures {
  deployments: number;
  leadTime: Spread;
  failed: number;
  failRate: Interval | null;
  recovery: Spread;
  /** Of those that failed, the ones that nobody has got back from yet. */
  unrecovered: number;
  incidents: number;
  detect: Spread;
  mitigate: Spread;
  recover: Spread;
  reviewsWatched: number;
  reviewsUnwatched: number;
}

/** Of a whole range: a period of it has too few deployments of each size. */
export interface InsightFigures extends PeriodFigures {
  byCommits: SizeRisk[];
  byLines: SizeRisk[];
}

export function figuresOf(rows: readonly CountRow[]): InsightFigures {
  const risk = (measure: "commits" | "lines", sizes: number): SizeRisk[] =>
    Array.from({ length: sizes }, (_, size) => {
      const [all, bad] = [countIn(rows, measure, size), countIn(rows, `${measure}-failed`, size)];
      const recovery = spreadOf(slotsIn(rows, `${measure}-recovery`, size));
      return { size, deployments: all, failed: bad, failRate: wilson(bad, all), recovery };
    });
  return {
    ...periodFiguresOf(rows),
    byCommits: risk("commits", commitBounds.length + 1),
    byLines: risk("lines", lineBounds.length + 1),
  };
}

export function periodFiguresOf(rows: readonly CountRow[]): PeriodFigures {
  const spread = (measure: InsightMeasure) => spreadOf(slotsIn(rows, measure));
  const count = (measure: InsightMeasure) => countIn(rows, measure);
  const [deployments, failed] = [count("deployments"), count("failures")];
  return {
    deployments,
    leadTime: spread("lead-time"),
    failed,
    failRate: wilson(failed, deployments),
    recovery: spread("recovery-time"),
    unrecovered: count("unrecovered"),
    incidents: count("incidents"),
    detect: spread("detect"),
    mitigate: spread("mitigate"),
    recover: spread("recover"),
    reviewsWatched: count("reviews-watched"),
    reviewsUnwatched: count("reviews-unwatched"),
  };
}

function slotsIn(rows: readonly CountRow[], measure: InsightMeasure, size?: number): Slots {
  const meant = rows.filter((row) => row.measure === measure && (size ?? row.size) === row.size);
  const [first] = meant;
  return first !== undefined && meant.length === 1 ? first.slots : addSlots(meant.map(({ slots }) => slots));
}

function countIn(rows: readonly CountRow[], measure: InsightMeasure, size?: number): number {
  return countOf(slotsIn(rows, measure, size));
}

function spreadOf(slots: Slots): Spread {
  return { n: countOf(slots), medianMs: quantileMs(slots, 0.5), p90Ms: quantileMs(slots, 0.9) };
}

/** One of the stretches that a range is drawn in. */
export interface InsightPeriod {
  /** Days in UTC, both of them in it. */
  from: string;
  to: string;
  figures: PeriodFigures;
  /** Null while nothing had ever been deployed. */
  deploymentsPerDay: number | null;
}

/** Deployments in a row that needed no remedy, by the whole day. */
export interface CalmStreak {
  deployments: number;
  /** The last day with one that did; null where there was none. */
  sinceDay: string | null;
}

/** How often the verdict was tried on a release held against itself, and how often it called that worse. */
export interface VerdictTrials {
  trials: number;
  falseAlarms: number;
  noWorse: number;
  /** Of false alarms, with its 95 % interval; null where nothing was tried. */
  rate: Interval | null;
}

export interface InsightScope {
  environment: { slug: string; name: string };
  team: string | null;
  service: { slug: string; name: string } | null;
}

export interface Insights {
  scope: InsightScope;
  from: string;
  to: string;
  /** Whether each period is a day, a week from Monday on, or a month. */
  periodUnit: "day" | "week" | "month";
  /** The day of the first deployment there was; null where there has been none. */
  firstDay: string | null;
  total: InsightFigures;
  deploymentsPerDay: number | null;
  /** Of as many days right before; null where nothing had been deployed by then. */
  before: { total: PeriodFigures; deploymentsPerDay: number | null } | null;
  periods: InsightPeriod[];
  calm: CalmStreak;
  verdictTrials: VerdictTrials;
}
