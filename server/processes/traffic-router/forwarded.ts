import type { IncomingMessage } from "node:http";
import { type BlockList, isIP } from "node:net";
import { isTrusted, plainAddress } from "#server/kernel/trusted-proxies.ts";

/** What an instance is told of how a request came here. */
export interface Forwarded {
  /** Addresses, the first hop's first. */
  for: string;
  proto: "http" | "https";
  host: string;
}

/** More hops than anybody has: what stands before them is left out. */
const mostHops = 20;
const hostPattern = /^[A-Za-z0-9._[\]:-]{1,255}$/;

/**
 * What came along is believed of a trusted proxy alone, and even then only what has the form. Everybody else would write
 * what they like. Null stands for no trusted proxy.
 */
export function forwardedOf(request: IncomingMessage, trusted: BlockList | null): Forwarded {
  const { headers, socket } = request;
  const peer = plainAddress(socket.remoteAddress ?? "unknown");
  const own: Forwarded = { for: peer, proto: "http", host: headers.host ?? "" };
  if (trusted === null || !isTrusted(trusted, peer)) return own;
  const hops = parts(headers["x-forwarded-for"]).filter((hop) => isIP(hop) !== 0);
  const proto = parts(headers["x-forwarded-proto"]).at(-1)?.toLowerCase();
  const host = parts(headers["x-forwarded-host"]).at(-1) ?? "";
  return {
    for: [...hops.slice(-mostHops), peer].join(", "),
    proto: proto === "https" ? "https" : "http",
    host: hostPattern.test(host) ? host : own.host,
  };
}

function parts(value: string | string[] | undefined): string[] {
  const text = Array.isArray(value) ? value.join(",") : (value ?? "");
  return text.split(",").flatMap((part) => part.trim() || []);
}
