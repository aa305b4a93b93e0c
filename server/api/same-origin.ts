import { ForbiddenError } from "#server/kernel/errors.ts";

/** Whether a request changes nothing by what it is. */
export function isReading(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

/**
 * Refuses a state-changing request that another site's page sent with our cookie. Browsers always say where a POST
 * comes from; a script says so itself by the header `Origin: <the portal's address>`.
 */
export function demandSameOrigin(headers: Headers, portalUrl: string): void {
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin") return;
  const origin = headers.get("origin");
  if (site === null && origin !== null && ownHosts(headers, portalUrl).includes(hostOf(origin))) return;
  throw new ForbiddenError("This request did not come from a page of the portal, so nothing was changed.");
}

function ownHosts(headers: Headers, portalUrl: string): (string | null)[] {
  return [headers.get("host"), new URL(portalUrl).host];
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : "";
}
