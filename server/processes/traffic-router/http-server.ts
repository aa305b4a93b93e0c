import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Exchange } from "./exchange.ts";
import { findNextPool, findRoute } from "./find-route.ts";
import { answerPlainly, plainAnswerBytes } from "./plain-answers.ts";
import type { PreviewDoor } from "./preview-door.ts";
import type { RouteTable } from "./route-table.ts";
import { passUpgrade } from "./upgrade.ts";

/**
 * The public side: parses strictly, gives headers a time limit and bodies none but silence. Requests that come before
 * the routes are `ready` wait for them; each one looks for news first.
 */
export function createRouterServer(
  table: RouteTable,
  door: PreviewDoor,
  ready: Promise<void>,
  takeNews: () => void,
): Server {
  const server = createServer({
    // Longer than what clients and edges before us usually keep, so that they close first.
    keepAliveTimeout: 75_000,
    headersTimeout: 30_000,
    // An upload may take hours; one that has gone silent is cut by the pump.
    requestTimeout: 0,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 32 * 1_024,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    optimizeEmptyRequests: true,
    // HTTP/2 is not spoken here: such an upgrade may be ignored, and the request served as it is.
    shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() !== "h2c",
  });
  let isReady = false;
  void ready.then(() => {
    isReady = true;
  });
  const whenReady = (work: () => void) => {
    if (!isReady) return void ready.then(work);
    takeNews();
    work();
  };
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    whenReady(() => route(table, door, request, response));
  server.on("request", handle);
  server.on("checkContinue", handle);
  server.on("upgrade", (request, socket, head) =>
    whenReady(() => routeUpgrade(table, door, request, socket, head)),
  );
  return server;
}

function route(
  table: RouteTable,
  door: PreviewDoor,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refusal = refusalOf(request);
  const asked = refusal === null ? findNextPool(table, request.headers.host ?? "") : null;
  if (asked !== null) {
    const next = door.admit(request, response, asked);
    if (next !== null) new Exchange(request, response, next).send();
    return;
  }
  const found = refusal === null ? findRoute(table, request.headers.host ?? "", request.url ?? "/") : null;
  if (found === null) {
    answerPlainly(response, refusal ?? 404);
  } else if ("redirectTo" in found) {
    response.writeHead(308, { Location: found.redirectTo, "Content-Length": "0" }).end();
  } else {
    new Exchange(request, response, found).send();
  }
}

function routeUpgrade(
  table: RouteTable,
  door: PreviewDoor,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const client = socket as Socket;
  client.on("error", () => client.destroy());
  const asked = refusalOf(request) === null ? findNextPool(table, request.headers.host ?? "") : null;
  if (asked !== null) {
    const next = door.admitUpgrade(request, client, asked);
    if (next === null) client.end(plainAnswerBytes(404, "Not Found"));
    else passUpgrade(request, client, head, next);
    return;
  }
  const found =
    refusalOf(request) === null ? findRoute(table, request.headers.host ?? "", request.url ?? "/") : null;
  if (found === null || "redirectTo" in found) {
    client.end(plainAnswerBytes(404, "Not Found"));
    return;
  }
  passUpgrade(request, client, head, found);
}

/** What could be read one way here and another way by an instance is not passed on. */
function refusalOf(request: IncomingMessage): 400 | 501 | null {
  const encoding = request.headers["transfer-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "chunked") return 501;
  const target = request.url ?? "";
  if (!target.startsWith("/") && target !== "*") return 400;
  return countHosts(request.rawHeaders) > 1 ? 400 : null;
}

function countHosts(raw: string[]): number {
  let hosts = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  return hosts;
}
