import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import type { Logger } from "#server/kernel/logger.ts";
import { Control } from "./control.ts";
import type { PassingRules } from "./exchange.ts";
import { createRouterServer } from "./http-server.ts";
import type { ControlSettings } from "./messages.ts";
import { Mirrors } from "./mirrors.ts";
import { PreviewDoor, type PreviewSettings } from "./preview-door.ts";
import { RequestCounter } from "./request-counter.ts";
import { RouteTable } from "./route-table.ts";
import { closePort, listenOnSharedPort } from "./shared-port.ts";
import { StateFile } from "./state-file.ts";

export interface RouterSettings extends ControlSettings {
  /** Address to listen on. */
  host: string;
  preview: PreviewSettings;
  rules: PassingRules;
  /** Processes of other routers that may listen on the same port. */
  siblings(): number[];
  /** Whether it inherited the socket that it listens on. */
  isInherited: boolean;
  logger: Logger;
  controlThread: Worker;
}

export interface RunningRouter {
  /** Takes no more connections, lets requests in flight end for up to 10 s, and signs off. */
  stop(): Promise<void>;
}

const stopWithinMs = 10_000;
/** Who has just connected may still ask; a browser may also keep such a connection for later, and is not waited for. */
const firstRequestWithinMs = 500;
/** How long a database that is away may hold up the first requests. */
const freshWithinMs = 5_000;

const instanceWords = {
  ejected: "An instance does not take requests, or breaks them off: it is left out, and tried now and then.",
  back: "The instance answers again.",
};

/** Rejects with EADDRINUSE where the port is taken, before the database hears of this router. */
export async function startRouter(settings: RouterSettings): Promise<RunningRouter> {
  const { host, preview, rules, siblings, isInherited, logger, controlThread, ...controlSettings } = settings;
  const state = await StateFile.open(settings.statePath);
  const counter = new RequestCounter();
  const table: RouteTable = new RouteTable({
    onDrained: (service) => control.drained(service),
    onInstance: ({ host, port }, what) => logger.warn({ host, port }, instanceWords[what]),
    counter,
  });
  table.apply(state.lastKnown);
  const ready = Promise.withResolvers<void>();
  const mirrors = new Mirrors({ table, logger });
  const parts = { table, door: new PreviewDoor(preview), mirrors, rules };
  const server = createRouterServer(parts, ready.promise, () => control.takeNews());
  await listenOnSharedPort(server, { host, port: settings.port, siblings, isInherited });
  const { port } = server.address() as AddressInfo;
  const control = new Control(
    { ...controlSettings, port },
    { table, counter, mirrors, logger, thread: controlThread },
  );
  // One that was killed is still waited for before any pool ends, so it may serve what it knew: but a switch may have
  // been made meanwhile, and whoever comes is better held for a moment than answered by the release before.
  await (state.isSignedOff ? control.ready : Promise.race([control.ready, delay(freshWithinMs)]));
  ready.resolve();
  return {
    async stop() {
      await letRequestsEnd(server, table, { port, isInherited });
      mirrors.stop();
      await control.stop();
    },
  };
}

async function letRequestsEnd(
  server: Server,
  table: RouteTable,
  listening: { port: number; isInherited: boolean },
): Promise<void> {
  // A kept connection must not carry one request after another past the end.
  server.prependListener("request", (_request, response) => {
    response.shouldKeepAlive = false;
  });
  await closePort(server, listening);
  table.letGo();
  const beganAt = performance.now();
  while (await isInUse(server, table, performance.now() - beganAt)) {
    await delay(20);
    server.closeIdleConnections();
  }
  server.closeAllConnections();
}

async function isInUse(server: Server, table: RouteTable, waitedMs: number): Promise<boolean> {
  if (table.openRequests() > 0) return waitedMs < stopWithinMs;
  if (waitedMs >= firstRequestWithinMs) return false;
  return (await promisify(server.getConnections.bind(server))()) > 0;
}
