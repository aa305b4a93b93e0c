import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";

/** A machine of its own as far as the network can tell: a network namespace, wired to this one by one link. */
export interface TestHost {
  /** Its own, which this machine reaches. */
  address: string;
  /** This machine's, which it reaches. */
  gateway: string;
  /** Put before a command that is to run on it. */
  prefix: string[];
  /** The cable is pulled: nothing arrives any more, and nobody is told. */
  pull(): void;
  plug(): void;
  close(): void;
}

/** Network namespaces need Linux, its `ip` command, and the rights of root. */
export const canOpenHosts =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("ip", ["-Version"]).status === 0 &&
  spawnSync("unshare", ["--net", "true"]).status === 0;

export function openHost(): TestHost {
  const name = `anytime-${randomBytes(3).toString("hex")}`;
  const link = `a${name.slice(-6)}`;
  // RFC 2544 keeps 198.18.0.0/15 for tests of networks: each host has four addresses of it.
  const subnet = randomInt(2 ** 15) * 4;
  const at = (offset: number) =>
    `198.${18 + (subnet >> 16)}.${(subnet >> 8) & 255}.${(subnet & 255) + offset}`;
  const [gateway, address] = [at(1), at(2)];
  const ip = (command: string) => execFileSync("ip", command.split(" "));
  ip(`netns add ${name}`);
  ip(`link add ${link} type veth peer name up netns ${name}`);
  ip(`address add ${gateway}/30 dev ${link}`);
  ip(`link set ${link} up`);
  ip(`-netns ${name} address add ${address}/30 dev up`);
  ip(`-netns ${name} link set up up`);
  ip(`-netns ${name} link set lo up`);
  return {
    ...{ address, gateway },
    // Unlike `ip netns exec` it leaves the mounts alone, control groups among them.
    prefix: ["nsenter", `--net=/run/netns/${name}`, "--"],
    pull: () => ip(`link set ${link} down`),
    plug: () => ip(`link set ${link} up`),
    close: () => ip(`netns delete ${name}`),
  };
}
