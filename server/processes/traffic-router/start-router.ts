import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "#server/kernel/logger.ts";
import { Control } from "./control.ts";
import { createRouterServer } from "./http-server.ts";
import type { ControlSettings } from "./messages.ts";
import { PreviewDoor, type PreviewSettings } from "./preview-door.ts";
import { RequestCounter } from "./request-counter.ts";
import { RouteTable } from "./route-table.ts";
import { StateFile } from "./state-file.ts";

export interface RouterSettings extends ControlSettings {
  /** Address to listen on. */
  host: string;
  preview: PreviewSettings;
  logger: Logger;
}

export interface RunningRouter {
  /** Takes no more connections, lets requests in flight end for up to 10 s, and signs off. */
  stop(): Promise<void>;
}

const stopWithinMs = 10_000;
/** How long a database that is away may hold up the first requests. */
const freshWithinMs = 5_000;

/** Rejects with EADDRINUSE where the port is taken, before the database hears of this router. */
export async function startRouter(settings: RouterSettings): Promise<RunningRouter> {
  const { host, preview, logger, ...controlSettings } = settings;
  const state = await StateFile.open(settings.statePath);
  const counter = new RequestCounter();
  const table: RouteTable = new RouteTable((service) => control.drained(service), counter);
  table.apply(state.lastKnown);
  const ready = Promise.withResolvers<void>();
  const server = createRouterServer(table, new PreviewDoor(preview), ready.promise, () => control.takeNews());
  server.listen(settings.port, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const control = new Control({ ...controlSettings, port }, { table, counter, logger });
  // One that was killed is still waited for before any pool ends, so it may serve what it knew: but a switch may have
  // been made meanwhile, and whoever comes is better held for a moment than answered by the release before.
  await (state.isSignedOff ? control.ready : Promise.race([control.ready, delay(freshWithinMs)]));
  ready.resolve();
  return {
    async stop() {
      await letRequestsEnd(server, table);
      await control.stop();
    },
  };
}

async function letRequestsEnd(server: Server, table: RouteTable): Promise<void> {
  const deadline = performance.now() + stopWithinMs;
  // A kept connection must not carry one request after another past the end.
  server.prependListener("request", (_request, response) => {
    response.shouldKeepAlive = false;
  });
  server.close();
  while (table.openRequests() > 0 && performance.now() < deadline) {
    await delay(20);
    server.closeIdleConnections();
  }
  server.closeAllConnections();
}
