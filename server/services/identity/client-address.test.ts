import { expect, test } from "vitest";
import { trustedProxies } from "#server/kernel/trusted-proxies.ts";
import { clientAddress, networkOf } from "./client-address.ts";

const edge = trustedProxies(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);

test.each<[socket: string | undefined, forwarded: string | undefined, address: string]>([
  ["192.0.2.1", undefined, "192.0.2.1"],
  ["192.0.2.1", "198.51.100.1", "192.0.2.1"],
  ["127.0.0.1", undefined, "127.0.0.1"],
  ["127.0.0.1", "198.51.100.1", "198.51.100.1"],
  ["127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"],
  ["127.0.0.1", "203.0.113.9, 198.51.100.1, 10.1.2.3", "198.51.100.1"],
  ["127.0.0.1", "10.1.2.3,10.1.2.4", "10.1.2.3"],
  ["::ffff:10.0.0.1", " 2001:db8::1 ", "2001:db8::1"],
  ["fd00::1", "::ffff:198.51.100.1", "198.51.100.1"],
  ["127.0.0.1", "nonsense", "127.0.0.1"],
  ["127.0.0.1", "198.51.100.1, <script>", "127.0.0.1"],
  ["127.0.0.1", "", "127.0.0.1"],
  [undefined, "198.51.100.1", "unknown"],
])("who connected as %s and says %s came from %s", (socket, forwarded, address) => {
  expect(clientAddress(socket, forwarded, edge)).toBe(address);
});

test("without trusted proxies nobody is believed", () => {
  expect(clientAddress("127.0.0.1", "198.51.100.1", trustedProxies([]))).toBe("127.0.0.1");
});

test.each(["localhost", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "::/129", "10.0.0.1/8/8x", "10.0.0"])(
  "%j names no proxy",
  (entry) => expect(() => trustedProxies([entry])).toThrow(RangeError),
);

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["unknown", "unknown"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
])("%s is of the network %s", (address, network) => expect(networkOf(address)).toBe(network));
