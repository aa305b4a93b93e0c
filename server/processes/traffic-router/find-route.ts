import type { RouteTable } from "./route-table.ts";
import type { ServiceRoute } from "./service-route.ts";

export interface Destination {
  service: ServiceRoute;
  /** What the instance is asked for: path and query. */
  target: string;
  /** What was taken off the path; null where the host name chose the service. */
  prefix: string | null;
}

export type Finding = Destination | { redirectTo: string } | null;

/** Chooses the service by host name, else by `/<service>/<environment>/` at the start of the path. What runs elsewhere is none. */
export function findRoute(table: RouteTable, host: string, target: string): Finding {
  const service = findByHost(table, host);
  if (service?.route.isElsewhere === true) return null;
  if (service !== undefined) return { service, target, prefix: null };
  return findByPath(table, target);
}

function findByHost(table: RouteTable, host: string): ServiceRoute | undefined {
  const colon = host.indexOf(":");
  const name = colon === -1 ? host : host.slice(0, colon);
  return table.find(name) ?? table.find(name.toLowerCase().replace(/\.$/, ""));
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
