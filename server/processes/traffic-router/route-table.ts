import { serviceHostName } from "#server/domain/host-names.ts";
import { poolColors } from "#server/domain/pools.ts";
import type { Route } from "#server/services/traffic/route.ts";
import { Instance } from "./instance.ts";
import { ServiceRoute } from "./service-route.ts";

/** Every route that the router knows, found by host name or by the first two segments of a path. */
export class RouteTable {
  private readonly byId = new Map<number, ServiceRoute>();
  private byHost = new Map<string, ServiceRoute>();
  private byPath = new Map<string, ServiceRoute>();
  /** Connections outlive a change of routes: an instance that is still named keeps its own. */
  private instances = new Map<string, Instance>();
  private readonly onDrained: (drained: ServiceRoute) => void;

  constructor(onDrained: (drained: ServiceRoute) => void) {
    this.onDrained = onDrained;
  }

  /** Takes a route over unless a newer generation of it is known. */
  apply(route: Route): "moved" | "refreshed" | "older" {
    const known = this.byId.get(route.serviceEnvironmentId);
    if (known === undefined) {
      const created = new ServiceRoute(route, this.instancesOf(route), this.onDrained);
      this.byId.set(route.serviceEnvironmentId, created);
      this.index();
      return "moved";
    }
    if (route.generation < known.route.generation) return "older";
    const moved = route.generation > known.route.generation;
    known.update(route, this.instancesOf(route));
    return moved ? "moved" : "refreshed";
  }

  /** Takes over a complete reading: routes that it lacks are gone. Answers with those that moved. */
  applyAll(routes: Route[]): Route[] {
    const present = new Set(routes.map((route) => route.serviceEnvironmentId));
    for (const id of this.byId.keys()) if (!present.has(id)) this.byId.delete(id);
    const moved = routes.filter((route) => this.apply(route) === "moved");
    this.index();
    this.forgetUnusedInstances();
    return moved;
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

  all(): ServiceRoute[] {
    return [...this.byId.values()];
  }

  private index(): void {
    const entries = this.all();
    const slugs = (entry: ServiceRoute) => [entry.route.serviceSlug, entry.route.environmentSlug] as const;
    this.byHost = new Map(entries.map((entry) => [serviceHostName(...slugs(entry)), entry]));
    this.byPath = new Map(entries.map((entry) => [slugs(entry).join("/"), entry]));
  }

  private instancesOf(route: Route): { blue: Instance[]; green: Instance[] } {
    return {
      blue: route.pools.blue.map((address) => this.instance(address.host, address.port)),
      green: route.pools.green.map((address) => this.instance(address.host, address.port)),
    };
  }

  private instance(host: string, port: number): Instance {
    const key = `${host}:${port}`;
    const known = this.instances.get(key);
    if (known !== undefined) return known;
    const created = new Instance(host, port);
    this.instances.set(key, created);
    return created;
  }

  private forgetUnusedInstances(): void {
    const used = new Set(
      this.all().flatMap((entry) =>
        poolColors.flatMap((color) =>
          entry.route.pools[color].map((address) => `${address.host}:${address.port}`),
        ),
      ),
    );
    for (const key of this.instances.keys()) if (!used.has(key)) this.instances.delete(key);
  }
}
