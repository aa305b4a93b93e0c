import type { IncomingHttpHeaders } from "node:http";
import { longestPauseSeconds } from "#server/domain/pause.ts";
import { type PoolColor, poolColors } from "#server/domain/pools.ts";
import { placeOf } from "#server/domain/shares.ts";
import type { Route } from "#server/services/traffic/route.ts";
import { type Held, HeldRequests, type HeldTotal } from "./held-requests.ts";
import type { Instance } from "./instance.ts";
import { type ClosePolitely, Lingering } from "./lingering.ts";
import type { Outcome, RequestCounter } from "./request-counter.ts";
import { visitorOf } from "./visitor.ts";

/** What of a request says which pool it goes to. */
export interface Visit {
  headers: IncomingHttpHeaders;
  /** Drawn once for each request, 0 to 1: a retry follows a switch, and no other draw. */
  draw: number;
}

export interface Choice {
  pool: PoolColor;
  instance: Instance;
  byShare: boolean;
}

export type Sent = Pick<Outcome, "releaseId" | "isStray" | "byShare">;

/** One service environment as the router sees it: where its requests go now, and how many are open to each pool. */
export class ServiceRoute {
  route: Route;
  readonly open: Record<PoolColor, number> = { blue: 0, green: 0, violet: 0 };
  private instances: Record<PoolColor, Instance[]>;
  private turn = 0;
  private readonly lingering = new Lingering();
  private readonly held: HeldRequests;
  private heldAtMostUntilMs = Number.POSITIVE_INFINITY;
  private releasing: NodeJS.Timeout | undefined;
  private isEnding = false;
  private readonly onDrained: (drained: ServiceRoute) => void;
  private readonly counter: RequestCounter;

  constructor(
    route: Route,
    instances: Record<PoolColor, Instance[]>,
    parts: { onDrained: (drained: ServiceRoute) => void; counter: RequestCounter; heldTotal: HeldTotal },
  ) {
    this.route = route;
    this.instances = instances;
    this.onDrained = parts.onDrained;
    this.counter = parts.counter;
    this.held = new HeldRequests(parts.heldTotal);
    this.scheduleClosing();
    this.scheduleRelease(null);
  }

  update(route: Route, instances: Record<PoolColor, Instance[]>): void {
    const { heldUntilMs } = this.route;
    this.route = route;
    this.instances = instances;
    this.scheduleClosing();
    this.scheduleRelease(heldUntilMs);
  }

  /** What would stay open to a pool for ever, until the returned function is called: it is closed once the pool is drained. */
  stay(pool: PoolColor, close: ClosePolitely): () => void {
    return this.lingering.add(pool, close);
  }

  private scheduleClosing(): void {
    const { drainUntilMs } = this.route;
    const inMs = drainUntilMs === null ? null : drainUntilMs - this.counter.databaseMs();
    this.lingering.closeIn(inMs, (pool) => !this.takesTraffic(pool));
  }

  /**
   * Who answers a request: in the pool that `draw` says, 0 to 1, or that the visitor is given to. A canary in which nobody
   * is left fails no request. Null while nothing is live, or nobody of it left.
   */
  choose(request: Visit, tried: readonly Instance[]): Choice | null {
    const { livePool, candidatePool, candidateShare } = this.route;
    if (livePool === null) return null;
    if (candidatePool !== null && candidateShare > 0 && this.placeIn(request) < candidateShare) {
      const instance = this.chooseInstance(candidatePool, tried);
      if (instance !== null) return { pool: candidatePool, instance, byShare: candidateShare < 1 };
    }
    const instance = this.chooseInstance(livePool, tried);
    if (instance === null) return null;
    const byShare = candidatePool !== null && candidateShare > 0 && this.placeIn(request) >= candidateShare;
    return { pool: livePool, instance, byShare };
  }

  /** Between 0 and 1: below the share is the candidate's. */
  private placeIn({ headers, draw }: Visit): number {
    const { candidateSticky, candidatePool, releases } = this.route;
    if (candidateSticky === null || candidatePool === null) return draw;
    const visitor = visitorOf(headers, candidateSticky);
    return visitor === null ? draw : placeOf(releases[candidatePool] ?? 0, visitor);
  }

  /**
   * The next instance of a pool in turn, leaving out those that this request tried in vain, and those that break, unless
   * nobody else is left: a guess that all are broken is worse than to try.
   */
  chooseInstance(pool: PoolColor, tried: readonly Instance[]): Instance | null {
    const instances = this.instances[pool];
    let broken: number | null = null;
    for (let attempt = 0; attempt < instances.length; attempt++) {
      this.turn = (this.turn + 1) % instances.length;
      const instance = instances[this.turn];
      if (instance === undefined || tried.includes(instance)) continue;
      if (instance.mayTake()) return instance;
      broken ??= this.turn;
    }
    if (broken === null) return null;
    this.turn = broken;
    return instances[broken] ?? null;
  }

  /** Says whom the request is sent to, as it will be counted. */
  enter({ pool, byShare }: Choice): Sent {
    this.open[pool]++;
    return { releaseId: this.route.releases[pool] ?? 0, isStray: !this.takesTraffic(pool), byShare };
  }

  private takesTraffic(pool: PoolColor): boolean {
    const { livePool, candidatePool, candidateShare } = this.route;
    return pool === livePool || (pool === candidatePool && candidateShare > 0);
  }

  /** Each request once, when it is over. `sent` is null where nobody was there to answer it. */
  count(sent: Sent | null, outcome: Omit<Outcome, keyof Sent>): void {
    const { livePool, releases } = this.route;
    const unsent = {
      releaseId: livePool === null ? 0 : (releases[livePool] ?? 0),
      isStray: false,
      byShare: false,
    };
    this.counter.count(this.route, { ...outcome, ...(sent ?? unsent) });
  }

  leave(pool: PoolColor): void {
    this.open[pool]--;
    const mayBeLast = !this.takesTraffic(pool) || this.route.heldUntilMs !== null;
    if (mayBeLast && !this.isDraining()) this.onDrained(this);
  }

  /** Somebody waits for what is in flight to end. */
  isDraining(): boolean {
    return this.openToOldPools() > 0 || this.openWhileHeld() > 0;
  }

  /** With those that an earlier pause lets go just now. */
  openWhileHeld(): number {
    return this.isHeld() ? this.inFlight() + this.held.leavingCount : 0;
  }

  /** Whether a request that comes now is to wait. */
  isHeld(): boolean {
    const { heldUntilMs } = this.route;
    if (heldUntilMs === null || this.isEnding || performance.now() >= this.heldAtMostUntilMs) return false;
    return this.counter.databaseMs() < heldUntilMs;
  }

  /** Has it wait for its turn, until the returned function is called. */
  hold(held: Held): () => void {
    return this.held.add(held);
  }

  /** Whatever was said: this router ends. */
  letGo(): void {
    this.isEnding = true;
    this.held.letGo();
  }

  /** By the database's clock, and never longer than is ever asked for by this process's own. */
  private scheduleRelease(before: number | null): void {
    const { heldUntilMs } = this.route;
    const nowMs = performance.now();
    if (heldUntilMs !== before) {
      this.heldAtMostUntilMs = nowMs + longestPauseSeconds * 1_000;
      // Who has waited in one pause is not to wait in the next.
      this.held.letGo();
    }
    clearTimeout(this.releasing);
    if (!this.isHeld()) {
      this.held.letGo();
      return;
    }
    const leftMs = Math.min((heldUntilMs ?? 0) - this.counter.databaseMs(), this.heldAtMostUntilMs - nowMs);
    this.releasing = setTimeout(() => this.scheduleRelease(heldUntilMs), leftMs + 1);
  }

  openToOldPools(): number {
    return this.openTo((color) => !this.takesTraffic(color));
  }

  /** With those that wait. */
  openRequests(): number {
    return this.inFlight() + this.held.count;
  }

  private inFlight(): number {
    return this.openTo(() => true);
  }

  private openTo(isCounted: (color: PoolColor) => boolean): number {
    return poolColors.reduce((sum, color) => sum + (isCounted(color) ? this.open[color] : 0), 0);
  }
}
