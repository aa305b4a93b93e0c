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

/** Whether it is the address of a proxy that is believed; what is no address is none. */
export function isTrusted(proxies: BlockList, address: string): boolean {
  return isIP(address) !== 0 && proxies.check(address, familyOf(address));
}

/** An IPv4 address that came over an IPv6 socket, as IPv4; no zone of an interface. */
export function plainAddress(address: string): string {
  const [text = ""] = address.split("%");
  const mapped = /^::ffff:(.+)$/i.exec(text)?.[1];
  return mapped !== undefined && isIP(mapped) === 4 ? mapped : text;
}

/** As BlockList names it, of something that is an IP address. */
export function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
