import type { CountRow } from "#server/domain/request-counts.ts";
import type { Acknowledgement } from "#server/services/traffic/acknowledge.ts";
import type { Route } from "#server/services/traffic/route.ts";

/**
 * A router is two threads: one passes requests on and nothing else, one talks to the database and the disk. What they
 * say to each other is here.
 */
export type ToTraffic =
  /** Take these over, and forget those that are gone. */
  | { kind: "routes"; routes: Route[]; gone: number[] }
  /** All routes are up to date, or the database does not answer and the last known ones have to do. */
  | { kind: "ready" }
  /** Unix milliseconds by the database's clock, a moment ago. */
  | { kind: "clock"; databaseMs: number }
  | { kind: "signed-off" };

export type ToControl =
  /** What is applied from here on, and what is still open to old pools. */
  | { kind: "applied"; states: Acknowledgement[] }
  /** What was counted since the last time. */
  | { kind: "counts"; rows: CountRow[] }
  /** Nothing is in flight any more: leave the database. */
  | { kind: "sign-off" };

export interface ControlSettings {
  databaseUrl: string;
  /** How this router is named where it does not acknowledge. */
  name: string;
  port: number;
  statePath: string;
  logLevel: string;
}
