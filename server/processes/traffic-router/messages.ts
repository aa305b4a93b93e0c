import type { MirrorCounts } from "#server/domain/mirror.ts";
import type { CountRow } from "#server/domain/request-counts.ts";
import type { Acknowledgement } from "#server/services/traffic/acknowledge.ts";
import type { Route } from "#server/services/traffic/route.ts";
import type { FlatHeaders } from "./headers.ts";

/**
 * A router is two threads: one passes requests on and nothing else, one talks to the database and the disk. A third sends
 * copies of requests, where there are any. What they say to each other is here.
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
  /** What became of copies since the last time. */
  | { kind: "mirrored"; rows: MirroredRow[] }
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

/** A request to be sent once more, to somebody else. */
export interface Copy {
  /** Whose request it was. */
  serviceEnvironmentId: number;
  /** Who of the other service environment may be asked. */
  addresses: { host: string; port: number }[];
  method: string;
  target: string;
  headers: FlatHeaders;
}

/** What the mirror thread begins with. */
export interface CopyOrder {
  /** How many copies it has been given and is not done with: it counts down. */
  pending: Int32Array;
}

/** What has become of copies since the mirror thread said so last. */
export type FromMirror = MirroredRow[];

export type MirroredRow = MirrorCounts & { serviceEnvironmentId: number };
