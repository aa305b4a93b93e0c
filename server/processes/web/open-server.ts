import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { demandDatabase } from "#server/kernel/database-away.ts";
import type { Portal } from "#server/kernel/portal.ts";
import { sessionFromRequest } from "#server/services/identity/session-from-request.ts";
import { answerFailure } from "./answer-failure.ts";
import { answerSocket } from "./answer-socket.ts";
import { answerTooLarge } from "./bare-answers.ts";
import { findAnswer, type StreamAnswers } from "./find-answer.ts";
import type { Answer } from "./guard-answer.ts";
import type { TelemetryIntake } from "./intake/open-intake.ts";
import { logRequest } from "./log-request.ts";
import { prepareExchange } from "./prepare-exchange.ts";
import { requestPath } from "./request-path.ts";
import { securityHeaders } from "./security-headers.ts";

/** How long a client may take to send a request. How long an answer may take is not bounded: live streams stay open. */
const sendWithinMs = { headers: 15_000, request: 60_000, checkedEvery: 5_000 };

const mostStrangerBytes = 64 * 1024;
/** What Node's parser refuses, by its code. */
const parserAnswers: Record<string, [status: number, message: string]> = {
  HPE_HEADER_OVERFLOW: [431, "The headers are too long."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request took too long to arrive."],
};

export interface Answers {
  telemetry: Pick<TelemetryIntake, "answer">;
  streams: StreamAnswers;
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
    // Refused with the rest, by an answer that carries its headers.
    requireHostHeader: false,
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    // By far the most that is asked here, each by a key of its own: nothing of what follows is for it.
    if (answers.telemetry.answer(pathOf(request.url), request, response)) return;
    logRequest(request, response, logger);
    const answered = prepareExchange(request, response, policy)
      ? answer(portal, answers, { request, response })
      : Promise.resolve();
    answered.catch((error: unknown) => answerFailure(error, { request, response, logger }));
  };
  const server = createServer(timeouts, onRequest).on("checkExpectation", onRequest);
  const refuse = (socket: Duplex, status: number, message: string) =>
    answerSocket(socket, status, message, securityHeaders({ nonce: "", ...policy }));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET") return void socket.destroy();
    const [status, message] = parserAnswers[error.code ?? ""] ?? [400, "This is no request."];
    refuse(socket, status, message);
  });
  // Whatever else listens for upgrades keeps those that it does not know open for ever.
  const refuseUpgrade = (_: IncomingMessage, socket: Duplex) =>
    refuse(socket, 400, "The portal upgrades no connection.");
  return server.on("upgrade", answers.upgrade ?? refuseUpgrade);
}

function pathOf(url = "/"): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

async function answer(
  { database }: Portal,
  { streams, pages }: Answers,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const path = requestPath(request.url) ?? "/";
  if (isLarge(request) && (await sessionFromRequest(request)) === null) {
    return answerTooLarge(request, response, "Without a session a request is 64 KiB at most.");
  }
  const own = findAnswer(path, streams);
  if (own !== null) return void (await own(request, response));
  // Every page reads the database; Next itself would say less where it is away, and with the wrong status.
  if (!/^\/(?:api|_next)\//.test(path)) await demandDatabase(database);
  await pages(request, response);
}

/** A stranger's JSON must not keep the process busy. */
function isLarge({ headers }: IncomingMessage): boolean {
  return Number(headers["content-length"] ?? 0) > mostStrangerBytes;
}
