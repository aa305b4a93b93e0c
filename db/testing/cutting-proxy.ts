import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Stands between a client and its database: holds up what passes, or breaks it off as a cable does. */
export interface CuttingProxy {
  /** The database's address by way of the proxy. */
  url: string;
  /** Every connection ends without a word; the next ones pass again. */
  cut(): void;
  /** Nothing passes and nothing ends until `letPass`, new connections too. */
  hold(): void;
  /** What passes takes so much longer, each way. */
  slow(byMs: number): void;
  letPass(): void;
  close(): Promise<void>;
}

export async function openCuttingProxy(
  databaseUrl: string,
  { address = "127.0.0.1" } = {},
): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let gate = Promise.resolve();
  let slowByMs = 0;
  let open: () => void = () => undefined;

  /** In order: each chunk waits for the one before it. */
  function pass(from: Socket, to: Socket): void {
    let last: Promise<void> = Promise.resolve();
    from.on("data", (chunk) => {
      const late = slowByMs === 0 ? null : delay(slowByMs);
      last = Promise.all([last, gate, late]).then(() => {
        if (to.writable) to.write(chunk);
      });
    });
    from.on("close", () => void last.then(() => to.destroy()));
    from.on("error", () => from.destroy());
  }

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    pass(client, upstream);
    pass(upstream, client);
  });
  server.listen(0, address);
  await once(server, "listening");
  const url = new URL(databaseUrl);
  url.hostname = address;
  url.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      open = resolve;
    },
    slow(byMs) {
      slowByMs = byMs;
    },
    letPass() {
      open();
      gate = Promise.resolve();
    },
    async close() {
      open();
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
