import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";

/** Some machines and this one on one switch, each a network namespace of its own. */
export interface TestNetwork {
  /** This machine's address in it. */
  address: string;
  addHost(): TestHost;
  close(): void;
}

export interface TestHost {
  address: string;
  /** Put before a command that is to run on it. */
  prefix: string[];
  /** The cable is pulled: nothing arrives any more, and nobody is told. */
  pull(): void;
  plug(): void;
}

/** Network namespaces need Linux, its `ip` command, and the rights of root. */
export const canOpenNetworks =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("ip", ["-Version"]).status === 0 &&
  spawnSync("unshare", ["--net", "true"]).status === 0;

export function openNetwork(): TestNetwork {
  const name = randomBytes(3).toString("hex");
  const bridge = `any${name}`;
  const hosts: string[] = [];
  // RFC 2544 keeps 198.18.0.0/15 for tests of networks.
  const subnet = `198.${18 + randomInt(2)}.${randomInt(256)}`;
  const address = `${subnet}.1`;
  ip(`link add ${bridge} type bridge`);
  ip(`address add ${address}/24 dev ${bridge}`);
  ip(`link set ${bridge} up`);
  return {
    address,
    addHost() {
      const host = `${bridge}h${hosts.length}`;
      hosts.push(host);
      return addHost({ host, bridge, address: `${subnet}.${hosts.length + 1}` });
    },
    close() {
      for (const host of hosts) ip(`netns delete ${host}`);
      ip(`link delete ${bridge}`);
    },
  };
}

/** The host's end of its cable is called `cable` there, and by the host's name here. */
function addHost({ host, bridge, address }: { host: string; bridge: string; address: string }): TestHost {
  ip(`netns add ${host}`);
  ip(`link add ${host} type veth peer name cable netns ${host}`);
  ip(`link set ${host} master ${bridge}`);
  ip(`link set ${host} up`);
  ip(`-netns ${host} address add ${address}/24 dev cable`);
  ip(`-netns ${host} link set cable up`);
  ip(`-netns ${host} link set lo up`);
  return {
    address,
    // Unlike `ip netns exec` it leaves the mounts alone, control groups among them.
    prefix: ["nsenter", `--net=/run/netns/${host}`, "--"],
    pull: () => ip(`link set ${host} down`),
    plug: () => ip(`link set ${host} up`),
  };
}

function ip(command: string): void {
  execFileSync("ip", command.split(" "));
}
