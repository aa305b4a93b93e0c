import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { notify } from "#server/kernel/notifications.ts";
import { openPortal } from "#server/kernel/portal.ts";
import { ensureAdministrator } from "#server/services/identity/ensure-administrator.ts";
import { signOutEverywhere } from "#server/services/identity/sign-out-everywhere.ts";
import { findAnswer } from "./find-answer.ts";
import { type LiveStreams, openLiveStreams } from "./live-streams.ts";
import { prepareExchange } from "./prepare-exchange.ts";

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
  server = createServer(async (request, response) => {
    if (!prepareExchange(request, response, portal.settings.portalUrl)) return;
    const answer = findAnswer(new URL(request.url ?? "/", "http://portal").pathname, live.answer);
    if (answer === null) response.writeHead(404).end();
    else await answer(request, response);
  });
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
  const token = await encode({
    token: { sub: String(userId), sessionVersion: user?.version },
    secret: sessionSecret,
  });
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
  const forged = await encode({
    token: { sub: String(userId), sessionVersion: 1 },
    secret: "another".repeat(6),
  });
  expect((await fetch(url + path, { headers: { cookie: `anytime.session=${forged}` } })).status).toBe(401);
});

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

test("news of a log comes at most every 100 ms, and the last is not lost", async () => {
  const stream = await openStream({ cookie });
  for (let n = 0; n < 50; n += 1) await notify(database.ctx, "log", 9);
  await notify(database.ctx, "deployment", 9);
  let read = await readUntil(stream, '"deployment"');
  const told = () => read.split('{"topic":"log","id":"9"}').length - 1;
  expect(told()).toBeLessThan(25);
  const before = told();
  read += await readUntil(stream, '"log"');
  expect(told()).toBe(before + 1);
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
