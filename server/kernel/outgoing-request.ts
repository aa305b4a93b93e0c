import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Requests to addresses that people typed in. They reach public addresses alone, or the hosts that the operator allows;
 * the address that was looked at is the one that is connected to, and no redirect is followed.
 */
export interface OutgoingRequest {
  method?: "POST" | "PATCH";
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface OutgoingAnswer {
  status: number;
  /** Of `Retry-After`, as it was sent. */
  retryAfter: string | null;
  /** The first 64 KiB. */
  body: string;
}

export type SendOutgoing = (request: OutgoingRequest) => Promise<OutgoingAnswer>;

/** The request could not be made, or nobody answered. */
export class OutgoingError extends Error {
  override name = "OutgoingError";
  /** Whether the same request can never be made. */
  readonly isPermanent: boolean;
  constructor(message: string, isPermanent: boolean) {
    super(message);
    this.isPermanent = isPermanent;
  }
}

export interface OutgoingRules {
  /** Host names and addresses, lower case, with or without `:port`, that may be anywhere and need no TLS. */
  allowedHosts: readonly string[];
  timeoutMs?: number;
  lookup?: Resolve;
}
type Resolve = (
  host: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const usualTimeoutMs = 10_000;
const mostAnswerBytes = 65_536;

/** `send` throws OutgoingError; its messages never repeat the address, which may hold a secret. */
export function outgoingRequests(rules: OutgoingRules): SendOutgoing {
  return (request) => send(request, rules);
}

/** Whether the address is one that anybody in the internet has. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  // Of IPv6 just what is handed out: everything else is for a purpose of its own.
  return parsed.kind() === "ipv4" || parsed.match(ipaddr.parseCIDR("2000::/3"));
}

function send(request: OutgoingRequest, rules: OutgoingRules): Promise<OutgoingAnswer> {
  const url = URL.parse(request.url);
  if (url === null) return refuse("The address is none.");
  const isAllowed = rules.allowedHosts.some((host) => host === url.host || host === url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isAllowed)) {
    return refuse(`${url.hostname} is not written to without TLS: use https://.`);
  }
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (!isAllowed && isIP(literal) !== 0 && !isPublicAddress(literal)) return refuse(notPublic(url.hostname));
  return exchange(url, request, {
    timeoutMs: rules.timeoutMs ?? usualTimeoutMs,
    lookup: isAllowed ? undefined : publicOnly(rules.lookup ?? systemLookup),
  });
}

function refuse(message: string): Promise<never> {
  return Promise.reject(new OutgoingError(message, true));
}

function notPublic(host: string): string {
  return `${host} is not in the public internet. The operator can allow it by ANYTIME_OUTGOING_HOSTS.`;
}

/** Looks the name up once, for the connection itself: what it answers a moment later does not matter. */
function publicOnly(lookup: Resolve): LookupFunction {
  return (host, options: LookupOptions, callback) => {
    lookup(host, { all: true }, (error, found) => {
      if (error !== null) return callback(error, "", 0);
      const addresses = found.filter(({ address }) => isPublicAddress(address));
      const [first] = addresses;
      if (first === undefined) return callback(new OutgoingError(notPublic(host), true), "", 0);
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function exchange(
  url: URL,
  { method = "POST", headers, body }: OutgoingRequest,
  { timeoutMs, lookup }: { timeoutMs: number; lookup: LookupFunction | undefined },
): Promise<OutgoingAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<OutgoingAnswer>();
  const open = url.protocol === "https:" ? requestHttps : requestHttp;
  const fail = (error: Error) => reject(asOutgoingError(error, url.hostname, timeoutMs));
  const signal = AbortSignal.timeout(timeoutMs);
  const length = String(Buffer.byteLength(body));
  const request = open(
    url,
    // A connection of its own: one that is kept open would have been looked up at another time.
    {
      method,
      headers: { ...headers, "content-length": length },
      agent: false,
      signal,
      ...(lookup && { lookup }),
    },
    (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const settle = () => {
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers["retry-after"] ?? null,
          body: Buffer.concat(chunks).subarray(0, mostAnswerBytes).toString("utf8"),
        });
        request.destroy();
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= mostAnswerBytes) settle();
      });
      response.on("end", settle).on("error", fail);
    },
  );
  request.on("error", fail);
  request.end(body);
  return promise;
}

function asOutgoingError(error: Error, host: string, timeoutMs: number): OutgoingError {
  if (error instanceof OutgoingError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (error.name === "TimeoutError" || error.name === "AbortError") {
    return new OutgoingError(`${host} did not answer within ${timeoutMs / 1_000} s.`, false);
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new OutgoingError(`The name ${host} was not found.`, false);
  }
  return new OutgoingError(`${host} could not be reached (${code ?? error.message}).`, false);
}
