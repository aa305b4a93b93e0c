import { type PoolColor, poolColors } from "#server/domain/pools.ts";
import type { Route } from "#server/services/traffic/route.ts";
import type { Instance } from "./instance.ts";
import type { Outcome, RequestCounter } from "./request-counter.ts";

export type Sent = Pick<Outcome, "releaseId" | "isStray" | "byShare">;

/** One service environment as the router sees it: where its requests go now, and how many are open to each pool. */
export class ServiceRoute {
  route: Route;
  readonly open: Record<PoolColor, number> = { blue: 0, green: 0, violet: 0 };
  private instances: Record<PoolColor, Instance[]>;
  private turn = 0;
  private readonly onDrained: (drained: ServiceRoute) => void;
  private readonly counter: RequestCounter;

  constructor(
    route: Route,
    instances: Record<PoolColor, Instance[]>,
    parts: { onDrained: (drained: ServiceRoute) => void; counter: RequestCounter },
  ) {
    this.route = route;
    this.instances = instances;
    this.onDrained = parts.onDrained;
    this.counter = parts.counter;
  }

  update(route: Route, instances: Record<PoolColor, Instance[]>): void {
    this.route = route;
    this.instances = instances;
  }

  /** The pool for the next request; null while nothing is live. */
  choosePool(): PoolColor | null {
    return this.route.livePool;
  }

  /** The next instance of a pool in turn, leaving out those that this request tried in vain. */
  chooseInstance(pool: PoolColor, tried: readonly Instance[]): Instance | null {
    const instances = this.instances[pool];
    for (let attempt = 0; attempt < instances.length; attempt++) {
      this.turn = (this.turn + 1) % instances.length;
      const instance = instances[this.turn];
      if (instance !== undefined && !tried.includes(instance)) return instance;
    }
    return null;
  }

  /** Says whom the request is sent to, as it will be counted. */
  enter(pool: PoolColor): Sent {
    this.open[pool]++;
    return {
      releaseId: this.route.releases[pool] ?? 0,
      isStray: pool !== this.route.livePool,
      byShare: false,
    };
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
    if (pool !== this.route.livePool && this.openToOldPools() === 0) this.onDrained(this);
  }

  openToOldPools(): number {
    return this.openTo((color) => color !== this.route.livePool);
  }

  openRequests(): number {
    return this.openTo(() => true);
  }

  private openTo(isCounted: (color: PoolColor) => boolean): number {
    return poolColors.reduce((sum, color) => sum + (isCounted(color) ? this.open[color] : 0), 0);
  }
}
