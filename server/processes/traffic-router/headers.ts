import type { IncomingMessage } from "node:http";
import type { BlockList } from "node:net";
import { isPortalCookie, withoutPortalCookies } from "#server/domain/portal-cookies.ts";
import { forwardedOf } from "./forwarded.ts";

/** Headers as Node takes them without sorting or copying: name, value, name, value, … */
export type FlatHeaders = string[];

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** The router says anew what is known of the hops before it: of `Forwarded` nothing is passed on, as one of two would win. */
const saidByTheRouter = new Set(["forwarded", "x-real-ip"]);

/** A connection may name headers that are meant for this hop only, but never these. */
const alwaysEndToEnd = new Set(["host", "content-length"]);

export interface ForwardedFacts {
  /** Path prefix that was taken off; null where there was none. */
  prefix: string | null;
  /** Websocket handshakes keep their upgrade headers. */
  upgrade: boolean;
  /** Proxies whose word on earlier hops is passed on; null where there are none. */
  trusted: BlockList | null;
}

export function requestHeaders(request: IncomingMessage, facts: ForwardedFacts): FlatHeaders {
  const { headers } = request;
  const named = namedByConnection(headers.connection);
  const flat: FlatHeaders = [];
  const raw = request.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const key = name.toLowerCase();
    if (hopByHop.has(key) || saidByTheRouter.has(key) || key.startsWith("x-forwarded-")) continue;
    if (named?.has(key) && !alwaysEndToEnd.has(key)) continue;
    const value = raw[index + 1] as string;
    const passed = key === "cookie" ? withoutPortalCookies(value) : value;
    if (passed !== null) flat.push(name, passed);
  }
  const forwarded = forwardedOf(request, facts.trusted);
  flat.push("X-Forwarded-For", forwarded.for, "X-Forwarded-Proto", forwarded.proto);
  flat.push("X-Forwarded-Host", forwarded.host);
  if (facts.prefix !== null) flat.push("X-Forwarded-Prefix", facts.prefix);
  if (facts.upgrade) flat.push("Connection", "Upgrade", "Upgrade", headers.upgrade ?? "websocket");
  // Framing is always said: Node would send some methods' bodies without any.
  else if (headers["transfer-encoding"] !== undefined) flat.push("Transfer-Encoding", "chunked");
  else if (headers["content-length"] === undefined && bodyIsExpected(request.method)) {
    flat.push("Content-Length", "0");
  }
  return flat;
}

export function responseHeaders(answer: IncomingMessage): FlatHeaders {
  const raw = answer.rawHeaders;
  const flat: FlatHeaders = [];
  let named: Set<string> | null = null;
  for (let index = 0; index < raw.length; index += 2) {
    if ((raw[index] as string).toLowerCase() === "connection") named = namedByConnection(raw[index + 1]);
  }
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const key = name.toLowerCase();
    if (hopByHop.has(key) || (named?.has(key) && !alwaysEndToEnd.has(key))) continue;
    const value = raw[index + 1] as string;
    // Else a service could sign a browser in to the portal as somebody of its choice.
    if (key === "set-cookie" && isPortalCookie(value)) continue;
    flat.push(name, value);
  }
  return flat;
}

export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] !== undefined || (length !== undefined && Number(length) > 0);
}

function bodyIsExpected(method: string | undefined): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

function namedByConnection(value: string | undefined): Set<string> | null {
  if (value === undefined || value === "keep-alive" || value === "close" || value === "Upgrade") return null;
  return new Set(value.split(",").map((name) => name.trim().toLowerCase()));
}
