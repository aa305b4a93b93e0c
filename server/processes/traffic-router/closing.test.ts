import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { TrafficRows } from "#db/testing/traffic-rows.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import { startTestInstance, type TestInstance } from "./testing/test-instance.ts";

/** What would stay open to the old pool for ever is closed once the drain time is over, so that its client comes again. */
let fixture: RouterFixture;
let blue: TestInstance;
let green: TestInstance;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  fixture = await openRouterFixture();
  blue = await startTestInstance("blue", (request, response) => serve(request, response));
  green = await startTestInstance("green");
  for (const { server, name } of [blue, green]) {
    new WebSocketServer({ server }).on("connection", (socket) => {
      socket.on("message", (message) => socket.send(`${name} heard ${message}`));
    });
  }
});
afterAll(async () => {
  await fixture.close();
  for (const { server } of [blue, green]) server.closeAllConnections();
  await Promise.all([blue.close(), green.close()]);
});

async function serveBoth(service: string): Promise<TrafficRows> {
  return fixture.serve(service, { blue: [blue.port], green: [green.port] });
}

async function switchTo(rows: TrafficRows, toPool: PoolColor, drainMs: number): Promise<void> {
  const { serviceEnvironmentId } = rows;
  const [route] = await readRoutes(fixture.database.ctx, serviceEnvironmentId);
  const expectedGeneration = route?.generation ?? 0;
  await switchPool(fixture.database.ctx, { serviceEnvironmentId, toPool, expectedGeneration, drainMs });
  await until(async () => (await fixture.progress(rows)).generation === expectedGeneration + 1);
}

async function openSocket(service: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${fixture.router.port}/${service}/production/`);
  sockets.push(socket);
  await once(socket, "open");
  return socket;
}

async function say(socket: WebSocket, message: string): Promise<string> {
  socket.send(message);
  const [answer] = await once(socket, "message");
  return String(answer);
}

async function stream(
  service: string,
  type: string,
): Promise<{ answer: IncomingMessage; response: ServerResponse }> {
  const held = Promise.withResolvers<ServerResponse>();
  serve = (_, response) => {
    response.writeHead(200, { "Content-Type": type });
    response.write("first\n");
    held.resolve(response);
  };
  const headers = { Host: `${service}.production.localhost` };
  const asked = request({ host: "127.0.0.1", port: fixture.router.port, agent: false, headers }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { answer, response: await held.promise };
}

const openToOld = async (rows: TrafficRows) => (await fixture.progress(rows)).openToOldPools;

describe("once the drain time is over", () => {
  it("a websocket is told that its server goes away, and finds the new one", async () => {
    const rows = await serveBoth("talk");
    const socket = await openSocket("talk");
    expect(await say(socket, "one")).toBe("blue heard one");
    const closed = once(socket, "close");
    await switchTo(rows, "green", 400);
    expect(await say(socket, "two")).toBe("blue heard two");
    const [code] = await closed;
    expect(code).toBe(1001);
    await until(async () => (await openToOld(rows)) === 0);
    expect(await say(await openSocket("talk"), "three")).toBe("green heard three");
  });

  it("a message that has begun arrives as a whole before that", async () => {
    const whole = "x".repeat(200);
    const cut = Promise.withResolvers<Duplex>();
    const half = await startTestInstance("half");
    half.server.on("upgrade", (asked, socket) => {
      const key = `${asked.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash("sha1").update(key).digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.write(Buffer.concat([Buffer.from([0x81, 126, 0, 200]), Buffer.from(whole.slice(0, 90))]));
      socket.on("error", () => socket.destroy());
      cut.resolve(socket);
    });
    const rows = await fixture.serve("begun", { blue: [half.port], green: [green.port] });
    const socket = await openSocket("begun");
    const [message, closed] = [once(socket, "message"), once(socket, "close")];
    const instance = await cut.promise;
    await switchTo(rows, "green", 0);
    instance.write(whole.slice(90));
    expect(String((await message)[0])).toBe(whole);
    expect((await closed)[0]).toBe(1001);
    instance.destroy();
    await half.close();
  });

  it("a stream of events ends in order, and is not counted as cut off", async () => {
    const rows = await serveBoth("events");
    const { answer } = await stream("events", "text/event-stream; charset=utf-8");
    await switchTo(rows, "green", 200);
    expect(await text(answer)).toBe("first\n");
    await until(async () => (await openToOld(rows)) === 0);
    const { sql } = fixture.database.client;
    const counted = () => sql<{ requests: number; aborted: number }[]>`
      select sum(requests)::int as requests, sum(aborted)::int as aborted from request_counts
      where service_environment_id = ${rows.serviceEnvironmentId}`;
    await until(async () => (await counted())[0]?.requests === 1);
    expect((await counted())[0]?.aborted).toBe(0);
  });

  it("a download goes on to its end", async () => {
    const rows = await serveBoth("download");
    const { answer, response } = await stream("download", "application/octet-stream");
    const closed = once(await openSocket("download"), "close");
    await switchTo(rows, "green", 0);
    // In the same moment: so the download has been left alone.
    await closed;
    await until(async () => (await openToOld(rows)) === 1);
    response.end("last\n");
    expect(await text(answer)).toBe("first\nlast\n");
  });

  it("what is live again by then stays open", async () => {
    const rows = await serveBoth("back");
    const socket = await openSocket("back");
    await switchTo(rows, "green", 300);
    const closed = once(await openSocket("back"), "close");
    await switchTo(rows, "blue", 300);
    expect((await closed)[0]).toBe(1001);
    expect(await say(socket, "still")).toBe("blue heard still");
    socket.terminate();
  });
});
