import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { BatchStore } from "#server/services/telemetry/batch-store.ts";
import { acknowledge } from "#server/services/traffic/acknowledge.ts";
import type { Route } from "#server/services/traffic/route.ts";
import { storeMirrored } from "#server/services/traffic/store-mirrored.ts";
import { Acknowledger } from "./acknowledger.ts";
import type { ControlOrder } from "./control-thread-handle.ts";
import { DatabaseLink } from "./database-link.ts";
import { KnownRoutes } from "./known-routes.ts";
import type { ToControl, ToTraffic } from "./messages.ts";
import { StateFile } from "./state-file.ts";

/**
 * The thread beside the traffic: it has an event loop of its own, so that a switch is heard of while the other is deep
 * in requests, and nothing that the database or the disk does holds a request up.
 */
if (parentPort === null) throw new Error("The control thread runs in a router only.");
const [{ settings, port, news }] = (await once(parentPort, "message")) as [ControlOrder];
/** So long after the database was found to be away, the last known routes are served. */
const awayWaitMs = 1_000;
/** One that is only slow is given more: what was known may be the release before. */
const slowWaitMs = 5_000;

const state = await StateFile.open(settings.statePath);
state.isSignedOff = false;
const known = new KnownRoutes(state.lastKnown);
const logger = openLogger("traffic-router", settings.logLevel);
const client = openDatabase(settings.databaseUrl, { connections: 2, name: "anytime traffic-router" });
const { routerId } = state;

const acknowledger = new Acknowledger({
  logger,
  save: () => state.save(() => known.all()),
  send: (states) =>
    acknowledge(systemContext(client.db, "traffic-router"), { routerId, acknowledgements: states }),
});
const counts = new BatchStore({
  ctx: systemContext(client.db, "traffic-router"),
  counterId: randomUUID(),
  logger,
  onStored: (databaseMs) => say({ kind: "clock", databaseMs }),
});
const link = new DatabaseLink({
  client,
  logger,
  registration: { routerId, host: settings.name, port: settings.port, pid: process.pid },
  onRoutes: (routes) => tell(known.take(routes), []),
  onAllRoutes: (routes) => tell(known.take(routes), known.dropAllBut(routes)),
  onGone: (id) => tell([], known.drop(id) ? [id] : []),
  onRegistered({ databaseMs }) {
    acknowledger.sayAllAgain();
    say({ kind: "clock", databaseMs });
  },
});

function tell(routes: Route[], gone: number[]): void {
  if (routes.length + gone.length === 0) return;
  say({ kind: "routes", routes, gone });
  acknowledger.forget(gone);
  void acknowledger.saveOnly();
}

/** The counter is what the busy thread looks at before each request. */
function say(message: ToTraffic): void {
  port.postMessage(message);
  Atomics.add(news, 0, 1);
}

port.on("message", async (message: ToControl) => {
  if (message.kind === "applied") {
    acknowledger.applied(message.states);
  } else if (message.kind === "counts") {
    counts.add(message.rows);
  } else if (message.kind === "mirrored") {
    await storeMirrored(systemContext(client.db, "traffic-router"), message.rows).catch(() => {
      // A few that are missing after the database was away are no matter: nothing is decided by them.
    });
  } else {
    await counts.close();
    acknowledger.close();
    state.isSignedOff = true;
    await acknowledger.saveOnly();
    await link.close();
    say({ kind: "signed-off" });
    port.close();
  }
});

// Told again although the traffic thread has read them too: what it answers is what is acknowledged.
say({ kind: "routes", routes: state.lastKnown, gone: [] });
await Promise.race([link.open(), link.failed.then(() => delay(awayWaitMs)), delay(slowWaitMs)]);
say({ kind: "ready" });
