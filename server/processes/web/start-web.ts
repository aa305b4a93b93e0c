import { once } from "node:events";
import type { Server } from "node:http";
import { repositoryRoot } from "#server/kernel/env.ts";
import type { Portal } from "#server/kernel/portal.ts";
import { openFeedStreams } from "./feed-streams.ts";
import { openIntake } from "./intake/open-intake.ts";
import { openLiveStreams } from "./live-streams.ts";
import { openServer } from "./open-server.ts";

const finishWithinMs = 8_000;
/** Whoever listens to the feed comes back after a restart, all of them within seconds. The system may allow fewer. */
const mostConnecting = 4_096;

/** One server for everything: hot paths are answered here, pages and the API are handed to Next. */
export async function startWeb(
  portal: Portal,
  options: { isDevelopment: boolean },
): Promise<{ port: number; stop(): Promise<void> }> {
  const { settings } = portal;
  process.env.NEXTAUTH_URL = settings.portalUrl;
  const pages = await openPages(portal, options.isDevelopment);
  const live = await openLiveStreams(portal);
  const feed = await openFeedStreams(portal);
  const telemetry = openIntake(portal);
  const streams = { live: live.answer, feed: feed.answer };
  const server = openServer(portal, { telemetry, streams, pages: pages.answer, upgrade: pages.upgrade });
  server.listen({ port: settings.portalPort, host: settings.host, backlog: mostConnecting });
  await once(server, "listening");
  return {
    port: settings.portalPort,
    async stop() {
      await Promise.all([live.stop(), feed.stop()]);
      await closeServer(server);
      await telemetry.stop();
      await pages.close();
      await portal.database.close();
    },
  };
}

/** Open requests finish; what takes longer than the bound is cut. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), finishWithinMs);
  await closed;
  clearTimeout(timer);
}

async function openPages({ settings }: Portal, isDevelopment: boolean) {
  Object.assign(process.env, { NODE_ENV: isDevelopment ? "development" : "production" });
  // Imported here: React and Next read NODE_ENV as they load.
  const { default: next } = await import("next");
  const app = next({
    dev: isDevelopment,
    dir: repositoryRoot,
    hostname: settings.host,
    port: settings.portalPort,
  });
  await app.prepare();
  return {
    answer: app.getRequestHandler(),
    upgrade: isDevelopment ? app.getUpgradeHandler() : null,
    close: () => app.close(),
  };
}
