import { BlockList, isIP } from "node:net";

/** The proxies in front of the portal, as addresses and networks (`10.0.0.0/8`). RangeError for what is neither. */
export function trustedProxies(list: readonly string[]): BlockList {
  const proxies = new BlockList();
  for (const entry of list) {
    const [, address = "", prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const longest = isIP(address) === 6 ? 128 : 32;
    const bits = prefix === undefined ? longest : Number(prefix);
    if (isIP(address) === 0 || bits > longest) {
      throw new RangeError(`${entry} is neither an address nor a network such as 10.0.0.0/8`);
    }
    proxies.addSubnet(address, bits, familyOf(address));
  }
  return proxies;
}

/** As BlockList names it, of something that is an IP address. */
export function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
