import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { repositoryRoot } from "#server/kernel/env.ts";
import type { Portal } from "#server/kernel/portal.ts";
import { findAnswer } from "./find-answer.ts";
import { openLiveStreams } from "./live-streams.ts";
import { logRequest } from "./log-request.ts";
import { prepareExchange } from "./prepare-exchange.ts";
import { loggablePath } from "./refuse-token-in-url.ts";

const finishWithinMs = 8_000;

/** One server for everything: hot paths are answered here, pages and the API are handed to Next. */
export async function startWeb(
  portal: Portal,
  options: { isDevelopment: boolean },
): Promise<{ port: number; stop(): Promise<void> }> {
  const { settings, logger } = portal;
  process.env.NEXTAUTH_URL = settings.portalUrl;
  const pages = await openPages(portal, options.isDevelopment);
  const live = await openLiveStreams(portal);
  const server = createServer((request, response) => {
    logRequest(request, response, logger);
    if (!prepareExchange(request, response, settings.portalUrl)) return;
    const answer = findAnswer(new URL(request.url ?? "/", "http://portal").pathname, live.answer);
    Promise.resolve((answer ?? pages.answer)(request, response)).catch((err: unknown) => {
      logger.error({ err, path: loggablePath(request) }, "request failed");
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end("Something went wrong.\n");
    });
  });
  // Longer than a proxy keeps an idle connection, so that it never meets one just closed here.
  server.keepAliveTimeout = 75_000;
  server.listen(settings.portalPort, settings.host);
  await once(server, "listening");
  if (pages.upgrade !== null) server.on("upgrade", pages.upgrade);
  return {
    port: settings.portalPort,
    async stop() {
      await live.stop();
      await closeServer(server);
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
