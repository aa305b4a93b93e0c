import { readNextPoolHost, serviceHostName } from "#server/domain/host-names.ts";
import type { RouteTable } from "./route-table.ts";
import type { ServiceRoute } from "./service-route.ts";

/** Where a request goes in, is counted and comes out. */
export type Place = Pick<ServiceRoute, "isHeld" | "hold" | "choose" | "enter" | "leave" | "stay" | "count">;

export interface Destination {
  service: Place;
  /** What the instance is asked for: path and query. */
  target: string;
  /** What was taken off the path; null where the host name chose the service. */
  prefix: string | null;
}

export type Finding = (Destination & { service: ServiceRoute }) | { redirectTo: string } | null;

/** Chooses the service by host name, else by `/<service>/<environment>/` at the start of the path. What runs elsewhere is none. */
export function findRoute(table: RouteTable, host: string, target: string): Finding {
  const service = findByHost(table, host);
  if (service?.route.isElsewhere === true) return null;
  if (service !== undefined) return { service, target, prefix: null };
  return findByPath(table, target);
}

function findByHost(table: RouteTable, host: string): ServiceRoute | undefined {
  const name = withoutPort(host);
  return table.find(name) ?? table.find(plainName(name));
}

function withoutPort(host: string): string {
  const colon = host.indexOf(":");
  return colon === -1 ? host : host.slice(0, colon);
}

const plainName = (name: string) => name.toLowerCase().replace(/\.$/, "");

export interface NextPoolAsked {
  serviceSlug: string;
  environmentSlug: string;
  /** Undefined where nothing of this name is known. */
  service: ServiceRoute | undefined;
}

/** What a request for the pool beside a live one is about; null for every other request. */
export function findNextPool(table: RouteTable, host: string): NextPoolAsked | null {
  // A look that nearly every request passes at once.
  if (!host.includes("--")) return null;
  const asked = readNextPoolHost(plainName(withoutPort(host)));
  if (asked === null) return null;
  return { ...asked, service: table.find(serviceHostName(asked.serviceSlug, asked.environmentSlug)) };
}

const pathPattern = /^\/([a-z0-9-]+\/[a-z0-9-]+)(\/[^?]*)?(\?.*)?$/;

function findByPath(table: RouteTable, target: string): Finding {
  const match = pathPattern.exec(target);
  if (match?.[1] === undefined) return null;
  const service = table.findByPath(match[1]);
  if (service === undefined || service.route.isElsewhere) return null;
  const prefix = `/${match[1]}`;
  const query = match[3] ?? "";
  // Relative links of the page would miss the prefix without the slash.
  if (match[2] === undefined) return { redirectTo: `${prefix}/${query}` };
  return { service, target: match[2] + query, prefix };
}
