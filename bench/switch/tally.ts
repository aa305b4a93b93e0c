/** What the client of the switch bench counts. A request without a 200 and the name of a pool has failed. */
export interface Tally {
  requests: number;
  failed: number;
  failures: Record<string, number>;
  pools: Record<string, number>;
  fail(reason: string): void;
  serve(pool: string): void;
}

export interface Target {
  port: number;
  /** The Host header. */
  host: string;
  tally: Tally;
}

export interface LoadResult {
  kind: "result";
  requests: number;
  failed: number;
  failures: Record<string, number>;
  pools: Record<string, number>;
  /** Held open, unbroken, from the first switch to the last. */
  websockets: number;
  streams: number;
  slowRequests: number;
}
