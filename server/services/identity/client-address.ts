import { type BlockList, isIP } from "node:net";
import { familyOf } from "#server/kernel/trusted-proxies.ts";

/**
 * Where a request came from: who connected, or, where that is a trusted proxy, the last address of its
 * `X-Forwarded-For` that is not one. Whatever others write there is not believed.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  proxies: BlockList,
): string {
  const said = forwardedFor?.split(",").map((part) => part.trim()) ?? [];
  let address = plain(socketAddress ?? "unknown");
  while (isTrusted(address, proxies)) {
    const before = plain(said.pop() ?? "");
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** Whoever has an IPv6 address has the 2^64 of its network: they count as one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return `${[...before, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}

function isTrusted(address: string, proxies: BlockList): boolean {
  return isIP(address) !== 0 && proxies.check(address, familyOf(address));
}

/** An IPv4 address that came over an IPv6 socket, as IPv4; no zone of an interface. */
function plain(address: string): string {
  const [text = ""] = address.split("%");
  const mapped = /^::ffff:(.+)$/i.exec(text)?.[1];
  return mapped !== undefined && isIP(mapped) === 4 ? mapped : text;
}
