/** How a service is reached through the router: by host name, or by path where that name does not resolve. */

const domain = "localhost";

export function serviceHostName(serviceSlug: string, environmentSlug: string): string {
  return `${serviceSlug}.${environmentSlug}.${domain}`;
}

export function serviceUrl(serviceSlug: string, environmentSlug: string, routerPort: number): string {
  return `http://${serviceHostName(serviceSlug, environmentSlug)}:${routerPort}/`;
}

const nextPoolMark = "--next";
const nextPoolHost = new RegExp(`^([a-z0-9-]+)${nextPoolMark}\\.([a-z0-9-]+)\\.${domain}$`);

/** The host of the pool that is to go live next. No service has that of another: slugs are without two hyphens in a row. */
export function nextPoolHostName(serviceSlug: string, environmentSlug: string): string {
  return serviceHostName(`${serviceSlug}${nextPoolMark}`, environmentSlug);
}

export function nextPoolUrl(serviceSlug: string, environmentSlug: string, routerPort: number): string {
  return `http://${nextPoolHostName(serviceSlug, environmentSlug)}:${routerPort}/`;
}

/** Where a browser brings what the portal gave it for the next pool, at that pool's host. */
export const previewEntryPath = "/.anytime/enter";

/** Whose next pool a host name in lower case, without port, stands for; null for every other name. */
export function readNextPoolHost(name: string): { serviceSlug: string; environmentSlug: string } | null {
  const [, serviceSlug, environmentSlug] = nextPoolHost.exec(name) ?? [];
  return serviceSlug === undefined || environmentSlug === undefined ? null : { serviceSlug, environmentSlug };
}

export function servicePathUrl(serviceSlug: string, environmentSlug: string, routerPort: number): string {
  return `http://localhost:${routerPort}/${serviceSlug}/${environmentSlug}/`;
}
