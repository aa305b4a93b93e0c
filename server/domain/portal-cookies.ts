/**
 * The portal's own cookies begin with this. Cookies ignore ports: a browser sends those of the portal to a router on the
 * same host, too, and would take from a service what bears their names.
 */
export const portalCookiePrefix = "anytime.";

/** Lets a browser into the next pool of a service. Of that pool's host only; no instance gets it, like all of these. */
export const previewCookie = `${portalCookiePrefix}preview`;

const portalCookie = /^\s*(?:__host-|__secure-)?anytime\./i;

/** Whether a pair `name=value`, or the value of a `Set-Cookie` header, is of a portal's cookie. */
export function isPortalCookie(pair: string): boolean {
  return portalCookie.test(pair);
}

/** The value of a `Cookie` header without the portal's; null where nothing is left. */
export function withoutPortalCookies(header: string): string | null {
  const kept = header.split(";").filter((pair) => !isPortalCookie(pair) && pair.trim() !== "");
  return kept.length === 0 ? null : kept.join(";").trim();
}
