import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Exchange, type PassingRules } from "./exchange.ts";
import { findNextPool, findRoute } from "./find-route.ts";
import type { Mirrors } from "./mirrors.ts";
import { answerPlainly, plainAnswerBytes } from "./plain-answers.ts";
import type { PreviewDoor } from "./preview-door.ts";
import type { RouteTable } from "./route-table.ts";
import { passUpgrade } from "./upgrade.ts";

export interface RouterParts {
  table: RouteTable;
  door: PreviewDoor;
  mirrors: Mirrors;
  rules: PassingRules;
}

/**
 * The public side: parses strictly, gives headers a time limit and bodies none but silence. Requests that come before
 * the routes are `ready` wait for them; each one looks for news first.
 */
export function createRouterServer(parts: RouterParts, ready: Promise<void>, takeNews: () => void): Server {
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
    whenReady(() => route(parts, request, response));
  server.on("request", handle);
  server.on("checkContinue", handle);
  server.on("upgrade", (request, socket, head) =>
    whenReady(() => routeUpgrade(parts, request, socket as Socket, head)),
  );
  return server;
}

function route(parts: RouterParts, request: IncomingMessage, response: ServerResponse): void {
  const { table, door, mirrors, rules } = parts;
  const refusal = refusalOf(request, rules);
  const asked = refusal === null ? findNextPool(table, request.headers.host ?? "") : null;
  if (asked !== null) {
    const next = door.admit(request, response, asked);
    if (next !== null) new Exchange(request, response, { destination: next, rules }).send();
    return;
  }
  const found = refusal === null ? findRoute(table, request.headers.host ?? "", request.url ?? "/") : null;
  if (found === null) {
    answerPlainly(response, refusal ?? 404);
  } else if ("redirectTo" in found) {
    response.writeHead(308, { Location: found.redirectTo, "Content-Length": "0" }).end();
  } else {
    const exchange = new Exchange(request, response, { destination: found, rules });
    exchange.send();
    if (found.service.route.mirror !== null) mirrors.offer(found.service, request, exchange.asSent());
  }
}

function routeUpgrade(parts: RouterParts, request: IncomingMessage, client: Socket, head: Buffer): void {
  const { table, door, rules } = parts;
  client.on("error", () => client.destroy());
  const isRefused = refusalOf(request, rules) !== null;
  const asked = isRefused ? null : findNextPool(table, request.headers.host ?? "");
  const found =
    isRefused || asked !== null ? null : findRoute(table, request.headers.host ?? "", request.url ?? "/");
  const destination = asked === null ? found : door.admitUpgrade(request, client, asked);
  if (destination === null || "redirectTo" in destination) {
    client.end(plainAnswerBytes(404, "Not Found"));
    return;
  }
  passUpgrade({ request, client, head, destination, trusted: rules.trusted });
}

/** What could be read one way here and another way by an instance is not passed on. */
function refusalOf(request: IncomingMessage, { mostBodyBytes }: PassingRules): 400 | 413 | 501 | null {
  const encoding = request.headers["transfer-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "chunked") return 501;
  const target = request.url ?? "";
  if (!target.startsWith("/") && target !== "*") return 400;
  if (countHosts(request.rawHeaders) > 1) return 400;
  return Number(request.headers["content-length"] ?? 0) > mostBodyBytes ? 413 : null;
}

function countHosts(raw: string[]): number {
  let hosts = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  return hosts;
}
