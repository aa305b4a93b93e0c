import { serviceHostName } from "#server/domain/host-names.ts";
import { type PoolColor, poolColors } from "#server/domain/pools.ts";
import type { Route } from "#server/services/traffic/route.ts";
import type { HeldTotal } from "./held-requests.ts";
import { Instance, type InstanceNews } from "./instance.ts";
import type { RequestCounter } from "./request-counter.ts";
import { ServiceRoute } from "./service-route.ts";

/** Every route that the router knows, found by host name or by the first two segments of a path. */
export class RouteTable {
  private readonly byId = new Map<number, ServiceRoute>();
  private byHost = new Map<string, ServiceRoute>();
  private byPath = new Map<string, ServiceRoute>();
  /** Connections outlive a change of routes: an instance that is still named keeps its own. */
  private instances = new Map<string, Instance>();
  private readonly heldTotal: HeldTotal = { count: 0 };
  private readonly onDrained: (drained: ServiceRoute) => void;
  private readonly onInstance: InstanceNews;
  private readonly counter: RequestCounter;

  constructor(parts: {
    onDrained: (drained: ServiceRoute) => void;
    onInstance: InstanceNews;
    counter: RequestCounter;
  }) {
    this.onDrained = parts.onDrained;
    this.onInstance = parts.onInstance;
    this.counter = parts.counter;
  }

  /** Takes routes over, except where a newer generation is known. */
  apply(routes: Route[]): void {
    for (const route of routes) this.applyOne(route);
    this.forgetUnusedInstances();
  }

  remove(serviceEnvironmentId: number): void {
    if (this.byId.delete(serviceEnvironmentId)) this.index();
  }

  find(host: string): ServiceRoute | undefined {
    return this.byHost.get(host);
  }

  findByPath(serviceAndEnvironment: string): ServiceRoute | undefined {
    return this.byPath.get(serviceAndEnvironment);
  }

  get(serviceEnvironmentId: number): ServiceRoute | undefined {
    return this.byId.get(serviceEnvironmentId);
  }

  /** Nobody waits for anything any more. */
  letGo(): void {
    for (const service of this.all()) service.letGo();
  }

  openRequests(): number {
    return this.all().reduce((sum, service) => sum + service.openRequests(), 0);
  }

  private all(): ServiceRoute[] {
    return [...this.byId.values()];
  }

  private applyOne(route: Route): void {
    const known = this.byId.get(route.serviceEnvironmentId);
    if (known === undefined) {
      const created = new ServiceRoute(route, this.instancesOf(route), {
        onDrained: this.onDrained,
        counter: this.counter,
        heldTotal: this.heldTotal,
      });
      this.byId.set(route.serviceEnvironmentId, created);
      this.index();
    } else if (route.generation >= known.route.generation) {
      known.update(route, this.instancesOf(route));
    }
  }

  private index(): void {
    const slugs = ({ route }: ServiceRoute) => [route.serviceSlug, route.environmentSlug] as const;
    this.byHost = new Map(this.all().map((service) => [serviceHostName(...slugs(service)), service]));
    this.byPath = new Map(this.all().map((service) => [slugs(service).join("/"), service]));
  }

  private instancesOf({ pools }: Route): Record<PoolColor, Instance[]> {
    const known = (color: PoolColor) => pools[color].map((address) => this.instance(address));
    return { blue: known("blue"), green: known("green"), violet: known("violet") };
  }

  private instance(address: { host: string; port: number }): Instance {
    const key = keyOf(address);
    const known = this.instances.get(key) ?? new Instance(address.host, address.port, this.onInstance);
    this.instances.set(key, known);
    return known;
  }

  private forgetUnusedInstances(): void {
    const used = new Set(
      this.all().flatMap(({ route }) => poolColors.flatMap((color) => route.pools[color].map(keyOf))),
    );
    for (const key of this.instances.keys()) if (!used.has(key)) this.instances.delete(key);
  }
}

const keyOf = (address: { host: string; port: number }) => `${address.host}:${address.port}`;
