import type { IncomingHttpHeaders } from "node:http";
import type { Sticky } from "#server/domain/shares.ts";

/** What tells a visitor from others; null where the request says nothing of the kind. */
export function visitorOf(headers: IncomingHttpHeaders, { by, name }: Sticky): string | null {
  const value = by === "header" ? headers[name.toLowerCase()] : cookieOf(headers.cookie ?? "", name);
  return typeof value === "string" && value !== "" ? value : null;
}

function cookieOf(cookies: string, name: string): string | null {
  for (const cookie of cookies.split(";")) {
    const equals = cookie.indexOf("=");
    if (equals !== -1 && cookie.slice(0, equals).trim() === name) return cookie.slice(equals + 1).trim();
  }
  return null;
}
