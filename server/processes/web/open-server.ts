import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { demandDatabase } from "#server/kernel/database-away.ts";
import type { Portal } from "#server/kernel/portal.ts";
import { answerFailure } from "./answer-failure.ts";
import { findAnswer } from "./find-answer.ts";
import type { Answer } from "./guard-answer.ts";
import { logRequest } from "./log-request.ts";
import { prepareExchange } from "./prepare-exchange.ts";
import { requestPath } from "./request-path.ts";

/** How long a client may take to send a request. How long an answer may take is not bounded: live streams stay open. */
const sendWithinMs = { headers: 15_000, request: 60_000, checkedEvery: 5_000 };

export interface Answers {
  live: Answer;
  pages: Answer;
  /** Null where nothing is upgraded: only pages served from source are. */
  upgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | null;
}

/** The portal's server, not listening yet. Hot paths are answered here, pages and the API by `answers.pages`. */
export function openServer(portal: Portal, answers: Answers, within = sendWithinMs): Server {
  const { settings, logger } = portal;
  const policy = {
    portalUrl: settings.portalUrl,
    isDevelopment: answers.upgrade !== null,
    proxies: settings.trustedProxies,
  };
  const timeouts = {
    headersTimeout: within.headers,
    requestTimeout: within.request,
    connectionsCheckingInterval: within.checkedEvery,
    // Longer than a proxy keeps an idle connection, so that it never meets one just closed here.
    keepAliveTimeout: 75_000,
  };
  const server = createServer(timeouts, (request, response) => {
    logRequest(request, response, logger);
    const answered = prepareExchange(request, response, policy)
      ? answer(portal, answers, { request, response })
      : Promise.resolve();
    answered.catch((error: unknown) => answerFailure(error, { request, response, logger }));
  });
  return server.on("upgrade", answers.upgrade ?? refuseUpgrade);
}

async function answer(
  { database }: Portal,
  { live, pages }: Answers,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const path = requestPath(request.url) ?? "/";
  const own = findAnswer(path, live);
  if (own !== null) return void (await own(request, response));
  // Every page reads the database; Next itself would say less where it is away, and with the wrong status.
  if (!/^\/(?:api|_next)\//.test(path)) await demandDatabase(database);
  await pages(request, response);
}

/** Whatever else listens for upgrades keeps those that it does not know open for ever. */
function refuseUpgrade(_: IncomingMessage, socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  const body = "The portal upgrades no connection.\n";
  const head = [
    "HTTP/1.1 400 Bad Request",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
