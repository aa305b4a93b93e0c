import { addSlots } from "./latency-slots.ts";
import type { SignalSource } from "./signal-source.ts";

/** What requests were counted by. */
export interface CountKey {
  serviceEnvironmentId: number;
  source: SignalSource;
  /** The release that answered; 0 where none did. */
  releaseId: number;
  route: string;
  /** A coin is thrown for each request: two halves of one release can be held against each other. */
  half: 0 | 1;
  /** Drawn for by share while two releases stood side by side: only these can be held against each other. */
  byShare: boolean;
  /** Seconds of Unix time at which the bucket begins. */
  beginsAt: number;
  /** How many seconds it lasts. */
  seconds: number;
}

/** The requests of one bucket that were over in it. */
export interface RequestCounts {
  requests: number;
  /** Answered 4xx. */
  clientErrors: number;
  /** Answered 5xx, by the service or in its place. */
  serverErrors: number;
  /** Cut off before the answer's end, by either side. */
  aborted: number;
  /** Sent to a pool that was not live, as the router knew it: always 0, and counted to be so. */
  strays: number;
  /** How many took how long, by slot. */
  latency: number[];
}

export type CountRow = CountKey & RequestCounts;

/** While somebody watches a release, buckets are a second; else ten. */
export const bucketSeconds = { watched: 1, unwatched: 10 } as const;

export function noRequests(): RequestCounts {
  return { requests: 0, clientErrors: 0, serverErrors: 0, aborted: 0, strays: 0, latency: [] };
}

/** Adds what `more` counts to `counts`. */
export function addCounts(counts: RequestCounts, more: RequestCounts): void {
  counts.requests += more.requests;
  counts.clientErrors += more.clientErrors;
  counts.serverErrors += more.serverErrors;
  counts.aborted += more.aborted;
  counts.strays += more.strays;
  addSlots(counts.latency, more.latency);
}
