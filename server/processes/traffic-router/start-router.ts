import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { acknowledge } from "#server/services/traffic/acknowledge.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { DatabaseLink } from "./database-link.ts";
import { createRouterServer } from "./http-server.ts";
import { RouteTable } from "./route-table.ts";
import { StateFile } from "./state-file.ts";

export interface RouterSettings {
  databaseUrl: string;
  /** Address to listen on. */
  host: string;
  port: number;
  /** How other machines name this router; shown where one does not acknowledge. */
  name: string;
  statePath: string;
  logger: Logger;
}

export interface RunningRouter {
  port: number;
  /** Takes no more connections, lets requests in flight end for up to 10 s, and signs off. */
  stop(): Promise<void>;
}

/** After this time without an answer of the database, the last known routes are served. */
const databaseWaitMs = 1_000;
const stopWithinMs = 10_000;

/** Rejects with EADDRINUSE where the port is taken, before anything else is touched. */
export async function startRouter(settings: RouterSettings): Promise<RunningRouter> {
  const state = await StateFile.open(settings.statePath);
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  const table: RouteTable = new RouteTable((service) => acknowledgements.drained(service));
  table.applyAll(state.lastKnown);
  const server = createRouterServer(table, ready);
  server.listen(settings.port, settings.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const client = openDatabase(settings.databaseUrl, { connections: 2, name: "anytime traffic-router" });
  const acknowledgements: Acknowledgements = new Acknowledgements({
    table,
    save: () => state.save(() => table.all().map((service) => service.route)),
    send: (given) =>
      acknowledge(systemContext(client.db, "traffic-router"), {
        routerId: state.routerId,
        acknowledgements: given,
      }),
    logger: settings.logger,
  });
  const link = new DatabaseLink({
    client,
    table,
    acknowledgements,
    logger: settings.logger,
    registration: { routerId: state.routerId, host: settings.name, port, pid: process.pid },
  });
  await Promise.race([link.open(), new Promise((resolve) => setTimeout(resolve, databaseWaitMs).unref())]);
  becomeReady();
  return {
    port,
    async stop() {
      await letRequestsEnd(server, table);
      acknowledgements.close();
      await link.close();
    },
  };
}

async function letRequestsEnd(server: Server, table: RouteTable): Promise<void> {
  const deadline = Date.now() + stopWithinMs;
  // A kept connection must not carry one request after another past the end.
  server.prependListener("request", (_request, response) => {
    response.shouldKeepAlive = false;
  });
  server.close();
  const open = () => table.all().some((service) => service.open.blue + service.open.green > 0);
  while (open() && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    server.closeIdleConnections();
  }
  server.closeAllConnections();
}
