/** How a service is reached through the router: by host name, or by path where that name does not resolve. */

const domain = "localhost";

export function serviceHostName(serviceSlug: string, environmentSlug: string): string {
  return `${serviceSlug}.${environmentSlug}.${domain}`;
}

export function serviceUrl(serviceSlug: string, environmentSlug: string, routerPort: number): string {
  return `http://${serviceHostName(serviceSlug, environmentSlug)}:${routerPort}/`;
}

export function servicePathUrl(serviceSlug: string, environmentSlug: string, routerPort: number): string {
  return `http://localhost:${routerPort}/${serviceSlug}/${environmentSlug}/`;
}
