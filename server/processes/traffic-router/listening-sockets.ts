import { closeSync, existsSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import { BlockList, type IPVersion } from "node:net";

/** What the kernel says of a port, from Linux' /proc/net/tcp and /proc/<pid>/fd. */
export interface ListeningSocket {
  /** By which /proc/<pid>/fd names it. */
  inode: string;
  family: IPVersion;
  address: string;
  /** Connections that are made but not yet taken. */
  queued: number;
}

const listening = "0A";
const tables = [
  { path: "/proc/net/tcp", family: "ipv4" },
  { path: "/proc/net/tcp6", family: "ipv6" },
] as const;

export function listeningSockets(port: number): ListeningSocket[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return tables.flatMap(({ path, family }) =>
    readListening(path).flatMap(([, local = "", , , queues = "", , , , , inode = ""]) => {
      if (!local.endsWith(suffix)) return [];
      const address = addressOf(local.slice(0, -suffix.length), family);
      return { inode, family, address, queued: Number.parseInt(queues.split(":")[1] ?? "0", 16) };
    }),
  );
}

/** Whether one that listens at `address` gets connections that are meant for the socket, too. */
export function overlaps(socket: ListeningSocket, address: string): boolean {
  const everywhere = ["0.0.0.0", "::", "0000:0000:0000:0000:0000:0000:0000:0000"];
  if (everywhere.includes(socket.address) || everywhere.includes(address)) return true;
  const list = new BlockList();
  list.addAddress(socket.address, socket.family);
  return list.check(address, address.includes(":") ? "ipv6" : "ipv4");
}

/** The inodes of what the process has open; empty where it has gone or is another user's. */
export function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return names(folder).flatMap((name) => /^socket:\[(\d+)\]$/.exec(linkAt(`${folder}/${name}`))?.[1] ?? []);
}

/** Those that listen come first: what follows may be a hundred thousand connections, and is not read. */
function readListening(path: string): string[][] {
  if (!existsSync(path)) return [];
  const file = openSync(path, "r");
  try {
    const part = Buffer.alloc(16 * 1_024);
    let text = "";
    for (;;) {
      const bytes = readSync(file, part);
      text += part.toString("latin1", 0, bytes);
      const rows = text
        .split("\n")
        .slice(1, -1)
        .map((line) => line.trim().split(/\s+/));
      const end = rows.findIndex(([, , , state]) => state !== listening);
      if (end !== -1 || bytes === 0) return end === -1 ? rows : rows.slice(0, end);
    }
  } finally {
    closeSync(file);
  }
}

/** The table has words of 32 bits, each in the machine's order of bytes. */
function addressOf(hex: string, family: IPVersion): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (family === "ipv4") return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  return (bytes.join("").match(/.{4}/g) ?? []).join(":");
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
