/**
 * A small real HTTP service for the switch bench: names its pool in each answer, holds websockets and streams, and
 * notes on the machine's monotonic clock (one for all processes) when the last request reached it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

export type InstanceQuestion = "last-arrival";
export type InstanceMessage =
  | { kind: "listening"; port: number }
  /** Nanoseconds of the monotonic clock; "0" before the first request. */
  | { kind: "last-arrival"; at: string };

const pool = process.argv[2] ?? "";
const body = Buffer.from(`Hello from the ${pool} pool.\n`);
const slowMs = 5_000;
const eventEveryMs = 100;
let lastArrival = 0n;

const server = createServer((request, response) => {
  lastArrival = process.hrtime.bigint();
  if (request.url === "/events") return stream(response);
  if (request.url === "/slow") return void setTimeout(() => answer(response), slowMs);
  answer(response);
});

function answer(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": body.length, "X-Pool": pool });
  response.end(body);
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "X-Pool": pool });
  let sent = 0;
  const timer = setInterval(() => response.write(`id: ${sent++}\ndata: ${pool}\n\n`), eventEveryMs);
  response.on("close", () => clearInterval(timer));
}

const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket, _request: IncomingMessage) => {
  lastArrival = process.hrtime.bigint();
  socket.on("message", (message) => socket.send(`${pool} ${message}`));
});

const say = (message: InstanceMessage) => process.send?.(message);
process.on("message", () => say({ kind: "last-arrival", at: String(lastArrival) }));
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => say({ kind: "listening", port: (server.address() as AddressInfo).port }));
