import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { notify } from "#server/kernel/notifications.ts";
import { openPortal } from "#server/kernel/portal.ts";
import { ensureAdministrator } from "#server/services/identity/ensure-administrator.ts";
import { newSession } from "#server/services/identity/session.ts";
import { sealSession } from "#server/services/identity/session-token.ts";
import { signOutEverywhere } from "#server/services/identity/sign-out-everywhere.ts";
import type { Answer } from "./guard-answer.ts";
import { type LiveStreams, openLiveStreams } from "./live-streams.ts";
import { openServer } from "./open-server.ts";

/** The bare server without the pages: what it answers by itself, over real HTTP, against real PostgreSQL. */
const sessionSecret = "a secret of at least thirty-two characters";
let database: TestDatabase;
let folder: string;
let live: LiveStreams;
let server: Server;
let url: string;
let userId: number;

beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "anytime-web-"));
  await ensureAdministrator(database.ctx, { email: "ada@example.org", password: "correct horse battery" });
  const [user] = await database.client.sql`select id::int from users`;
  userId = user?.id;
  const portal = openPortal(() => ({
    settings: loadEnvironment({ ANYTIME_DATA: folder }),
    folders: dataFolderAt(folder),
    secrets: { sessionSecret },
    logger: openLogger("test", "silent"),
    database: database.client,
  }));
  live = await openLiveStreams(portal);
  const pages: Answer = (request, response) => {
    if (request.url === "/api/broken") throw new Error("password=secret");
    response.writeHead(404).end();
  };
  const within = { headers: 100, request: 200, checkedEvery: 20 };
  server = openServer(
    portal,
    { telemetry: { answer: () => false }, streams: { live: live.answer, feed: pages }, pages, upgrade: null },
    within,
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await live.stop();
  server.closeAllConnections();
  server.close();
  await database.close();
  await rm(folder, { recursive: true });
});

let cookie: string;
beforeEach(async () => {
  const [user] = await database.client.sql`select session_version as version from users`;
  const claim = newSession({ userId, sessionVersion: user?.version }, new Date());
  const token = await sealSession(claim, sessionSecret);
  cookie = `anytime.session=${token}`;
});

/** Reads the stream until it holds the text. */
async function readUntil(stream: ReadableStreamDefaultReader<string>, wanted: string): Promise<string> {
  let read = "";
  while (!read.includes(wanted)) {
    const { value, done } = await stream.read();
    if (done) throw new Error(`The stream ended after: ${read}`);
    read += value;
  }
  return read;
}

async function openStream(headers: Record<string, string>) {
  const response = await fetch(`${url}/api/live`, { headers });
  if (response.body === null) throw new Error("No stream was opened.");
  return response.body.pipeThrough(new TextDecoderStream()).getReader();
}

test("alive, and ready once the database has this code's schema", async () => {
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { ready: true }]);
});

test("every answer forbids framing and guessing of types", async () => {
  const { headers } = await fetch(`${url}/healthz`);
  expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test.each(["/api/live", "/api/deployments/1/log"])("%s is closed without a session", async (path) => {
  expect((await fetch(url + path)).status).toBe(401);
  const claim = newSession({ userId, sessionVersion: 1 }, new Date());
  const forged = await sealSession(claim, "another".repeat(6));
  expect((await fetch(url + path, { headers: { cookie: `anytime.session=${forged}` } })).status).toBe(401);
});

test.each(["/healthz", "/readyz", "/api/live", "/api/deployments/1/log"])(
  "%s answers HEAD at once, refuses other methods, and is kept by no cache",
  async (path) => {
    const head = await fetch(url + path, { method: "HEAD", headers: { cookie } });
    expect([head.status, await head.text()]).toEqual([path.endsWith("/log") ? 404 : 200, ""]);
    expect(head.headers.get("cache-control")).toBe("no-store");
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const refused = await fetch(url + path, { method, headers: { cookie } });
      expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
  },
);

test("a session ends on every device at once", async () => {
  await signOutEverywhere(database.ctx, { userId });
  expect((await fetch(`${url}/api/live`, { headers: { cookie } })).status).toBe(401);
});

test("changes reach every open stream, without what only routers need", async () => {
  const streams = await Promise.all([openStream({ cookie }), openStream({ cookie })]);
  for (const stream of streams) await readUntil(stream, "event: ping");
  await notify(database.ctx, "route", 7, { host: "10.0.0.1" });
  for (const stream of streams) {
    const read = await readUntil(stream, "\n\n");
    expect(read).toBe('event: change\ndata: {"topic":"route","id":"7"}\n\n');
    await stream.cancel();
  }
});

test("news of a log comes at most every 25 ms, however much there is", async () => {
  const stream = await openStream({ cookie });
  const began = performance.now();
  for (let n = 0; n < 50; n += 1) await notify(database.ctx, "log", 9);
  await notify(database.ctx, "deployment", 9);
  const read = await readUntil(stream, '"deployment"');
  const told = read.split('{"topic":"log","id":"9"}').length - 1;
  expect(told).toBeGreaterThan(0);
  // A timer may fire a moment early; on a slow machine 50 notices take many times 25 ms.
  expect(told).toBeLessThanOrEqual((performance.now() - began) / 24 + 1);
  await notify(database.ctx, "log", 9);
  await readUntil(stream, '"log"');
  await stream.cancel();
});

test("a browser that comes back is told to read everything anew", async () => {
  const stream = await openStream({ cookie, "last-event-id": "1" });
  expect(await readUntil(stream, "resync")).toContain("event: resync");
  await stream.cancel();
});

test("a missing deployment has no log", async () => {
  const response = await fetch(`${url}/api/deployments/99/log`, { headers: { cookie } });
  expect(response.status).toBe(404);
});

test("a body that is too large, or of unknown length, is refused before it is read", async () => {
  const large = await fetch(`${url}/healthz`, { method: "POST", body: "x".repeat(3 * 1024 * 1024) });
  expect(large.status).toBe(413);
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("x"));
      controller.close();
    },
  });
  const endless = await fetch(`${url}/healthz`, {
    method: "POST",
    body: stream,
    duplex: "half",
  } as RequestInit);
  expect(endless.status).toBe(411);
});

/** Sends the bytes as they are, and reads until the server ends the connection. */
async function send(bytes: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(bytes);
  return await text(socket);
}

test.each(["//", "///", "/\\example.org", "*", "http://[/", "/services/%E0%A4%A", "/services/%00"])(
  "%s is no path",
  async (target) => {
    const answer = await send(`GET ${target} HTTP/1.1\r\nHost: portal\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("not a path of the portal");
  },
);

test("an upgrade is refused and its connection closed", async () => {
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13";
  for (const path of ["/", "/api/live", "//"]) {
    const answer = await send(`GET ${path} HTTP/1.1\r\nHost: portal\r\n${upgrade}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  }
});

test("who never finishes a request loses the connection, who reads a stream does not", async () => {
  const stream = await openStream({ cookie });
  expect(await send("GET / HTTP/1.1\r\n")).toMatch(/^HTTP\/1\.1 408 /);
  const slow = "POST /api/x HTTP/1.1\r\nHost: portal\r\nContent-Length: 9\r\n\r\n";
  expect(await send(slow)).toMatch(/^HTTP\/1\.1 /);
  await notify(database.ctx, "route", 8);
  await readUntil(stream, '"id":"8"');
  await stream.cancel();
});

test("what an answer throws is shown by its id alone", async () => {
  const response = await fetch(`${url}/api/broken`);
  expect([response.status, response.headers.get("cache-control")]).toEqual([500, "no-store"]);
  expect(await response.text()).toMatch(/^Something went wrong \(id [0-9a-f]{8}\)\. The log/);
});

test("scripts run only by the nonce of their own page", async () => {
  const policies = await Promise.all(
    ["/", "/"].map(async (path) => (await fetch(url + path)).headers.get("content-security-policy") ?? ""),
  );
  const nonces = policies.map((policy) => /script-src 'self' 'nonce-([^']{20,})';/.exec(policy)?.[1]);
  expect(nonces).toEqual([expect.any(String), expect.any(String)]);
  expect(nonces[0]).not.toBe(nonces[1]);
});
