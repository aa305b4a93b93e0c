import { addToSlot, slotOf } from "#server/domain/latency-slots.ts";
import { noRequests, type RequestCounts } from "#server/domain/request-counts.ts";
import { mostRoutes, otherRoutes } from "#server/domain/route-template.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { SentryFrame } from "#server/domain/stack-frames.ts";

/** What one release told of, before it is known which one that is. */
export interface TalliedRow extends RequestCounts {
  serviceEnvironmentId: number;
  source: SignalSource;
  /** As the service calls it; empty where it does not say. */
  version: string;
  route: string;
  half: 0 | 1;
  /** Seconds of Unix time. */
  beginsAt: number;
  seconds: number;
}

/** An error as it was told, before it is looked at. */
export interface ToldError {
  serviceEnvironmentId: number;
  source: SignalSource;
  version: string;
  type: string;
  message: string;
  /** A stack trace as text, or frames as Sentry has them. */
  stack: string | SentryFrame[];
  route: string | null;
  /** Seconds of Unix time. */
  at: number;
  count: number;
}

/** One request, as spans and transactions tell of it. */
export interface ToldRequest {
  /** Seconds of Unix time at which it was over, whole. */
  endedAt: number;
  latencyMs: number;
  /** 0 where none was told. */
  status: number;
  /** Whether it failed, where no status says so. */
  isFailure: boolean;
  route: string;
}

/** How many names of releases a service environment may use between two batches. */
const mostVersions = 20;
/** A release that is broken throws the same over and over: so many kinds are looked at, the rest is counted with them. */
const mostErrorKinds = 200;
const longestKeyPart = 200;

/** What was told since the last batch, added up in memory. Not deeper than its bounds, whatever is sent. */
export class Tally {
  private sources = new Map<string, SourceTally>();
  private errors = new Map<string, ToldError>();
  /** How many rows it has come to. */
  size = 0;

  get errorCount(): number {
    return this.errors.size;
  }

  of(serviceEnvironmentId: number, source: SignalSource, version: string): SourceTally {
    const key = `${serviceEnvironmentId} ${source} ${version}`;
    const known = this.sources.get(key);
    if (known !== undefined) return known;
    const isOneTooMany = this.versionsOf(serviceEnvironmentId) >= mostVersions;
    if (isOneTooMany && version !== unknownVersion) {
      return this.of(serviceEnvironmentId, source, unknownVersion);
    }
    const made = new SourceTally(this, { serviceEnvironmentId, source, version });
    this.sources.set(key, made);
    return made;
  }

  /** Where there are too many kinds, those of a service are put together. */
  addError(error: ToldError): void {
    const isFull = this.errors.size >= mostErrorKinds && !this.errors.has(errorKey(error));
    const kept = isFull ? { ...error, type: "Error", message: "", stack: "", route: null } : error;
    const key = errorKey(kept);
    const known = this.errors.get(key);
    if (known === undefined) this.errors.set(key, { ...kept });
    else known.count += kept.count;
  }

  /** What was told since the last call. */
  take(): { rows: TalliedRow[]; errors: ToldError[] } {
    const taken = {
      rows: [...this.sources.values()].flatMap((source) => source.rows()),
      errors: [...this.errors.values()],
    };
    this.sources = new Map();
    this.errors = new Map();
    this.size = 0;
    return taken;
  }

  private versionsOf(serviceEnvironmentId: number): number {
    let versions = 0;
    for (const { place } of this.sources.values()) {
      if (place.serviceEnvironmentId === serviceEnvironmentId) versions += 1;
    }
    return versions;
  }
}

/** No release is called so: what is counted by it is of none. */
const unknownVersion = "?";

/** What one service environment told by one source of one version. */
export class SourceTally {
  readonly place: Pick<TalliedRow, "serviceEnvironmentId" | "source" | "version">;
  private readonly tally: Tally;
  private readonly routes = new Map<string, RouteTally>();
  private last: RouteTally | null = null;

  constructor(tally: Tally, place: Pick<TalliedRow, "serviceEnvironmentId" | "source" | "version">) {
    this.tally = tally;
    this.place = place;
  }

  add({ route, endedAt, latencyMs, status, isFailure }: ToldRequest): void {
    const counts = this.route(route, status).at(endedAt, 1, Math.random() < 0.5 ? 0 : 1);
    counts.requests += 1;
    if (status >= 500 || (status === 0 && isFailure)) counts.serverErrors += 1;
    else if (status >= 400) counts.clientErrors += 1;
    addToSlot(counts.latency, slotOf(latencyMs), 1);
  }

  /** The counts of a stretch of time, to add to: what metrics and sessions tell is of many requests at once. */
  counts(route: string, beginsAt: number, seconds: number, half: 0 | 1): RequestCounts {
    return this.route(route, 0).at(beginsAt, seconds, half);
  }

  rows(): TalliedRow[] {
    return [...this.routes.values()].flatMap((route) =>
      route.buckets().map((bucket) => ({ ...this.place, route: route.name, ...bucket })),
    );
  }

  /** Whoever asks for what is not there makes no new route. */
  private route(name: string, status: number): RouteTally {
    if (this.last?.name === name) return this.last;
    const known = this.routes.get(name);
    if (known !== undefined) {
      this.last = known;
      return known;
    }
    const isRefused = status === 404 || this.routes.size >= mostRoutes;
    if (isRefused && name !== otherRoutes) return this.route(otherRoutes, 0);
    const made = new RouteTally(name, this.tally);
    this.routes.set(name, made);
    return made;
  }
}

interface Bucket extends RequestCounts {
  beginsAt: number;
  seconds: number;
  half: 0 | 1;
}

class RouteTally {
  readonly name: string;
  private readonly tally: Tally;
  private readonly byTime = new Map<number, Bucket>();

  constructor(name: string, tally: Tally) {
    this.name = name;
    this.tally = tally;
  }

  at(beginsAt: number, seconds: number, half: 0 | 1): RequestCounts {
    const key = (beginsAt * 1_000 + seconds) * 2 + half;
    const known = this.byTime.get(key);
    if (known !== undefined) return known;
    const made: Bucket = { beginsAt, seconds, half, ...noRequests() };
    this.byTime.set(key, made);
    this.tally.size += 1;
    return made;
  }

  buckets(): Bucket[] {
    return [...this.byTime.values()];
  }
}

function errorKey(error: ToldError): string {
  const { serviceEnvironmentId, source, version, type, route } = error;
  return [serviceEnvironmentId, source, version, type, route, whereOf(error)].join("\n");
}

/** The lines behind the first, which has the message: errors of one place differ in that. */
function whereOf({ stack, message }: ToldError): string {
  if (typeof stack === "string") {
    const behindFirst = stack.indexOf("\n") + 1;
    return (behindFirst === 0 ? message : stack.slice(behindFirst)).slice(0, longestKeyPart);
  }
  const innermost = stack
    .slice(-3)
    .map(({ filename, function: name, lineno }) => `${filename} ${name} ${lineno}`);
  return innermost.length === 0 ? message.slice(0, longestKeyPart) : innermost.join("\n");
}
