import { type IncomingMessage, request as openRequest, ServerResponse } from "node:http";
import type { BlockList, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Destination } from "./find-route.ts";
import { FrameBoundary, goingAway } from "./frame-boundary.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { holdUpgrade } from "./hold-upgrade.ts";
import type { Instance } from "./instance.ts";
import type { ClosePolitely } from "./lingering.ts";
import { plainAnswerBytes } from "./plain-answers.ts";
import { pumpResponseBody } from "./pump.ts";
import { isConnectFailure } from "./retry.ts";
import type { Choice } from "./service-route.ts";

export interface Handshake {
  request: IncomingMessage;
  client: Socket;
  head: Buffer;
  destination: Destination;
  trusted: BlockList | null;
}

/** Passes a websocket (or any other upgraded connection) through; it stays with its pool until either side ends it. */
export function passUpgrade(handshake: Handshake): void {
  const { client, destination } = handshake;
  const attempt = { tried: [], draw: Math.random(), beganAt: performance.now() };
  const pass = () => passNow(handshake, attempt);
  const refuse = () => refuseUpgrade(client, destination, attempt.beganAt);
  if (destination.service.isHeld()) holdUpgrade(client, destination, { pass, refuse, ...attempt });
  else pass();
}

interface Attempt {
  tried: Instance[];
  draw: number;
  /** By the monotonic clock; what waits before it is let go is latency, too. */
  beganAt: number;
}

function refuseUpgrade(client: Socket, { service, target }: Destination, beganAt: number): void {
  client.end(plainAnswerBytes(503, "Service Unavailable"));
  service.count(null, { target, status: 503, isAborted: false, latencyMs: performance.now() - beganAt });
}

function passNow(handshake: Handshake, { tried, draw, beganAt }: Attempt): void {
  const { request, client, head, destination, trusted } = handshake;
  const { service, target } = destination;
  const choice = service.choose({ headers: request.headers, draw }, tried);
  if (choice === null) {
    refuseUpgrade(client, destination, beganAt);
    return;
  }
  const { instance } = choice;
  const { count, leave } = enterOnce(destination, choice, beganAt);
  const upstream = openRequest({
    host: instance.host,
    port: instance.port,
    method: request.method,
    path: target,
    headers: requestHeaders(request, { prefix: destination.prefix, upgrade: true, trusted }),
    // Never a kept connection: it could be closing, and this one will not come back.
    agent: false,
  });
  const abandon = () => upstream.destroy();
  client.once("close", abandon);
  upstream.on("upgrade", (answer, socket, upstreamHead) => {
    instance.answered();
    client.off("close", abandon);
    client.once("close", leave);
    client.write(handshakeBytes(answer));
    // How long it stays open is no latency.
    count(101);
    join(client, head, socket, upstreamHead);
    const close = closerOf(client, socket, { upstreamHead, protocol: answer.headers.upgrade });
    client.once("close", service.stay(choice.pool, close));
  });
  upstream.on("response", (answer) => refuse(request, client, answer, { count, leave }));
  upstream.on("error", (error) => {
    client.off("close", abandon);
    leave();
    if (client.destroyed) return count(0);
    instance.failed();
    if (isConnectFailure(error)) {
      return passNow(handshake, { tried: [...tried, instance], draw, beganAt });
    }
    client.end(plainAnswerBytes(502, "Bad Gateway"));
    count(502);
  });
  upstream.end();
}

/** Two open sockets become one connection. */
function join(client: Socket, head: Buffer, upstream: Duplex, upstreamHead: Buffer): void {
  if (head.length > 0) upstream.write(head);
  if (upstreamHead.length > 0) client.write(upstreamHead);
  client.setTimeout(0);
  client.setNoDelay(true);
  client.on("error", () => upstream.destroy());
  upstream.on("error", () => client.destroy());
  client.on("close", () => upstream.destroy());
  upstream.on("close", () => client.destroy());
  client.pipe(upstream);
  upstream.pipe(client);
}

/** What is asked to close gets so long to do so itself. */
const closesWithinMs = 1_000;

/** A websocket is told that the server goes away, between two messages; anything else is merely ended. */
function closerOf(
  client: Socket,
  upstream: Duplex,
  { upstreamHead, protocol }: { upstreamHead: Buffer; protocol: string | undefined },
): ClosePolitely {
  const end = () => {
    client.end();
    setTimeout(() => client.destroy(), closesWithinMs).unref();
  };
  if (protocol?.toLowerCase() !== "websocket") return end;
  const frames = new FrameBoundary();
  frames.pass(upstreamHead);
  upstream.on("data", (chunk: Buffer) => frames.pass(chunk));
  return () => {
    const say = () => {
      if (!frames.isBetween) return;
      upstream.off("data", say);
      upstream.unpipe(client);
      // What the instance says from here on nobody hears: it is to be read all the same, so that it can end.
      upstream.resume();
      client.write(goingAway);
      setTimeout(end, closesWithinMs).unref();
    };
    upstream.on("data", say);
    say();
    setTimeout(end, 2 * closesWithinMs).unref();
  };
}

/** The instance answered with a page instead of an upgrade. */
function refuse(
  request: IncomingMessage,
  client: Socket,
  answer: IncomingMessage,
  { count, leave }: Visit,
): void {
  const response = new ServerResponse(request);
  response.assignSocket(client);
  response.shouldKeepAlive = false;
  response.on("close", () => {
    leave();
    count(response.writableFinished ? response.statusCode : 0);
  });
  response.on("finish", () => client.end());
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, responseHeaders(answer));
  pumpResponseBody(answer, response);
}

function handshakeBytes(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

interface Visit {
  /** With the status that was answered; 0 where it was cut off before. Counts once. */
  count(status: number): void;
  /** Leaves once. */
  leave(): void;
}

function enterOnce({ service, target }: Destination, choice: Choice, beganAt: number): Visit {
  const sent = service.enter(choice);
  let isInside = true;
  let isCounted = false;
  return {
    count(status) {
      if (isCounted) return;
      isCounted = true;
      const latencyMs = performance.now() - beganAt;
      service.count(sent, { target, status, isAborted: status === 0, latencyMs });
    },
    leave() {
      if (isInside) service.leave(choice.pool);
      isInside = false;
    },
  };
}
