import { isDeepStrictEqual } from "node:util";
import type { Route } from "#server/services/traffic/route.ts";

/** The newest route of each service environment that this router has heard of. */
export class KnownRoutes {
  private routes: Map<number, Route>;

  constructor(routes: Route[]) {
    this.routes = new Map(routes.map((route) => [route.serviceEnvironmentId, route]));
  }

  all(): Route[] {
    return [...this.routes.values()];
  }

  /** Takes in what is new; answers with that. A reading that began before a switch must not undo it. */
  take(routes: Route[]): Route[] {
    const news = routes.filter((route) => {
      const known = this.routes.get(route.serviceEnvironmentId);
      if (known === undefined) return true;
      return route.generation >= known.generation && !isDeepStrictEqual(route, known);
    });
    for (const route of news) this.routes.set(route.serviceEnvironmentId, route);
    return news;
  }

  /** Forgets what a complete reading lacks; answers with the ids. */
  dropAllBut(routes: Route[]): number[] {
    const present = new Set(routes.map((route) => route.serviceEnvironmentId));
    const gone = [...this.routes.keys()].filter((id) => !present.has(id));
    for (const id of gone) this.routes.delete(id);
    return gone;
  }

  drop(serviceEnvironmentId: number): boolean {
    return this.routes.delete(serviceEnvironmentId);
  }
}
