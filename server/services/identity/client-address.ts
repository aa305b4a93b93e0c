import { type BlockList, isIP } from "node:net";
import { isTrusted, plainAddress } from "#server/kernel/trusted-proxies.ts";

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
  let address = plainAddress(socketAddress ?? "unknown");
  while (isTrusted(proxies, address)) {
    const before = plainAddress(said.pop() ?? "");
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
