import { addToSlot, slotOf } from "#server/domain/latency-slots.ts";
import {
  bucketSeconds,
  type CountRow,
  noRequests,
  type RequestCounts,
} from "#server/domain/request-counts.ts";
import { mostRoutes, otherRoutes, routeTemplate } from "#server/domain/route-template.ts";
import type { Route } from "#server/services/traffic/route.ts";

/** A request that is over. */
export interface Outcome {
  releaseId: number;
  /** Path and query. */
  target: string;
  /** 0 where there was no answer. */
  status: number;
  isAborted: boolean;
  isStray: boolean;
  byShare: boolean;
  latencyMs: number;
}

const rememberedTargets = 2_000;

/** Counts requests in memory, at some hundred nanoseconds each, until they are taken away to be stored. */
export class RequestCounter {
  private rows = new Map<string, CountRow>();
  private readonly templates = new Map<string, string>();
  private readonly routes = new Map<number, Set<string>>();
  /** How far the database's clock is ahead of this process's monotonic one, in ms of Unix time. */
  private clockOffsetMs = performance.timeOrigin;

  /** Buckets of several routers are of one clock: the database's. */
  setClock(databaseMs: number): void {
    this.clockOffsetMs = databaseMs - performance.now();
  }

  /** The database's clock, in ms of Unix time. */
  databaseMs(): number {
    return this.clockOffsetMs + performance.now();
  }

  count(route: Route, outcome: Outcome): void {
    const counts = this.rowFor(route, outcome);
    counts.requests += 1;
    if (outcome.status >= 500) counts.serverErrors += 1;
    else if (outcome.status >= 400) counts.clientErrors += 1;
    if (outcome.isAborted) counts.aborted += 1;
    if (outcome.isStray) counts.strays += 1;
    addToSlot(counts.latency, slotOf(outcome.latencyMs), 1);
  }

  /** What was counted since the last call. */
  take(): CountRow[] {
    const rows = [...this.rows.values()];
    this.rows = new Map();
    return rows;
  }

  private rowFor(route: Route, outcome: Outcome): RequestCounts {
    const { serviceEnvironmentId } = route;
    const { releaseId, byShare } = outcome;
    const seconds = route.isWatched ? bucketSeconds.watched : bucketSeconds.unwatched;
    const nowSeconds = Math.floor(this.databaseMs() / 1_000);
    const beginsAt = nowSeconds - (nowSeconds % seconds);
    const template = this.templateFor(serviceEnvironmentId, outcome);
    const half = Math.random() < 0.5 ? 0 : 1;
    const key = `${serviceEnvironmentId} ${releaseId} ${half} ${byShare} ${beginsAt} ${seconds} ${template}`;
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    const row: CountRow = {
      ...{ serviceEnvironmentId, source: "router", releaseId, half, byShare, beginsAt, seconds },
      route: template,
      ...noRequests(),
    };
    this.rows.set(key, row);
    return row;
  }

  /** Whoever asks for what is not there makes no new route: strangers would use them all up. */
  private templateFor(serviceEnvironmentId: number, { target, status }: Outcome): string {
    const template = this.remembered(target);
    const known = this.routes.get(serviceEnvironmentId) ?? new Set();
    if (known.has(template)) return template;
    if (status === 404 || status === 0 || known.size >= mostRoutes) return otherRoutes;
    this.routes.set(serviceEnvironmentId, known.add(template));
    return template;
  }

  private remembered(target: string): string {
    const known = this.templates.get(target);
    if (known !== undefined) return known;
    if (this.templates.size >= rememberedTargets) this.templates.clear();
    const template = routeTemplate(target);
    this.templates.set(target, template);
    return template;
  }
}
