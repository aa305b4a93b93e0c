import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { type ListenOptions, Server } from "node:net";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { canSharePort } from "#server/kernel/env.ts";
import { listeningSockets, overlaps, socketsOf } from "./listening-sockets.ts";

/** Given to a router whose socket stands ready, as the descriptor after its output. */
export const inheritedSocketFlag = "--inherited-socket";
const inheritedSocket = 3;

export interface SharedPort {
  host: string;
  port: number;
  /** The processes that may listen there, too. */
  siblings(): number[];
  /** Whether the socket was inherited: whoever holds it keeps what waits there when this process ends. */
  isInherited: boolean;
}

/** More may come all the time, faster than they are taken. */
const takeQueuedWithinMs = 1_000;
const killedIsClosedWithinMs = 1_000;
const lookAgainAfterMs = 5;

/**
 * Listens beside sibling routers: the kernel gives each connection to one of them. Rejects with EADDRINUSE where
 * anybody else listens, which the kernel alone would allow any program of the same user.
 */
export async function listenOnSharedPort(server: Server, shared: SharedPort): Promise<void> {
  const { host, port } = shared;
  if (shared.isInherited) return listen(server, { fd: inheritedSocket });
  if (!canSharePort) return listen(server, { host, port });
  const { address } = await lookup(host);
  await refuseStrangersThatStay(address, shared);
  await listen(server, { host: address, port, reusePort: true });
  try {
    // Somebody may have come in that moment.
    refuseStrangers(address, shared);
  } catch (error) {
    server.close();
    throw error;
  }
}

/**
 * Takes no more connections. Those that wait at a socket of its own when that is closed are reset, unless the kernel hands
 * them to a sibling (net.ipv4.tcp_migrate_req): so it is closed in a moment when none waits.
 */
export async function closePort(
  server: HttpServer,
  { port, isInherited }: Pick<SharedPort, "port" | "isInherited">,
): Promise<void> {
  if (canSharePort && !isInherited) await untilAllAreTaken(port);
  // First the port, and idle connections after it: the other order leaves time for another to come.
  Server.prototype.close.call(server);
  server.closeIdleConnections();
}

async function untilAllAreTaken(port: number): Promise<void> {
  const own = new Set(socketsOf(process.pid));
  const isQueueEmpty = () =>
    listeningSockets(port).every(({ inode, queued }) => queued === 0 || !own.has(inode));
  const deadline = performance.now() + takeQueuedWithinMs;
  while (!isQueueEmpty() && performance.now() < deadline) await nextTurn();
}

async function listen(server: Server, options: ListenOptions & { fd?: number }) {
  server.listen(options);
  await once(server, "listening");
}

/** The sockets of a router that was killed outlive it by some milliseconds, and are nobody's then. */
async function refuseStrangersThatStay(address: string, shared: SharedPort): Promise<void> {
  const deadline = performance.now() + killedIsClosedWithinMs;
  for (;;) {
    try {
      return refuseStrangers(address, shared);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(lookAgainAfterMs);
    }
  }
}

function refuseStrangers(address: string, { port, siblings }: SharedPort): void {
  const others = listeningSockets(port).filter((socket) => overlaps(socket, address));
  if (others.length === 0) return;
  const own = new Set([process.pid, ...siblings()].flatMap(socketsOf));
  if (others.every(({ inode }) => own.has(inode))) return;
  throw Object.assign(new Error(`Something else listens on port ${port}.`), { code: "EADDRINUSE" });
}
