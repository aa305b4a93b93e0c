import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrafficRows } from "#db/testing/traffic-rows.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { notify } from "#server/kernel/notifications.ts";
import { previewKey } from "#server/kernel/preview-key.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { type PassPurpose, sealPass } from "#server/services/traffic/preview-pass.ts";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import type { RouterProcess } from "./testing/router-process.ts";
import { startTestInstance, type TestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;
/** One with the portal's secrets in its data folder; that of the fixture has none. */
let router: RouterProcess;
let key: Uint8Array;
let blue: TestInstance;
let green: TestInstance;
let hello: TrafficRows;

const host = "hello--next.production.localhost";
const minuteMs = 60_000;

beforeAll(async () => {
  fixture = await openRouterFixture();
  const folder = join(fixture.dataFolder, "portal");
  mkdirSync(folder);
  storedSecrets(join(folder, "secrets.json"));
  key = keyIn(folder);
  router = await fixture.startAnother("portal");
  blue = await startTestInstance("blue");
  green = await startTestInstance("green", (request, response) => {
    if (request.url === "/stream") response.write("begun");
    else response.end(`green ${request.url} cookies: ${request.headers.cookie ?? "none"}`);
  });
  green.server.on("upgrade", (_request, socket) => {
    socket.resume().on("end", () => socket.end());
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\ngreen");
  });
  hello = await fixture.serve("hello", { blue: [blue.port], green: [green.port] });
  await makeReady(hello, "blue");
  await makeReady(hello, "green");
  await until(async () => (await look(host, entry(hello))).status === 200);
});
afterAll(async () => {
  await fixture.close();
  await Promise.all([blue.close(), green.close()]);
});

const keyIn = (folder: string) =>
  previewKey({ previewSecret: null }, join(folder, "secrets.json")) ?? new Uint8Array();

/** As a deployment leaves the pool that it has verified. */
async function makeReady(rows: TrafficRows, color: PoolColor): Promise<void> {
  const { serviceEnvironmentId } = rows;
  await fixture.database.client.sql`
    update pools set status = 'ready', release_id = ${rows.releaseId}
    where service_environment_id = ${serviceEnvironmentId} and color = ${color}`;
  await notify(fixture.database.ctx, "route", serviceEnvironmentId);
}

const pass = (purpose: PassPurpose, rows: TrafficRows, forMs = minuteMs, by = key) =>
  sealPass(by, purpose, {
    serviceEnvironmentId: rows.serviceEnvironmentId,
    expiresAtMs: Date.now() + forMs,
  });
const entry = (rows: TrafficRows, forMs?: number, by?: Uint8Array) =>
  `anytime.preview=${pass("entry", rows, forMs, by)}`;

const look = (name: string, cookie?: string, path = "/") =>
  ask(router.port, name, { path, headers: cookie === undefined ? {} : { cookie } });

const bring = (grant: string, port = router.port, name = host) =>
  ask(port, name, {
    path: "/.anytime/enter",
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ grant }).toString(),
  });

describe("the next pool's own host", () => {
  it("lets in who brings a grant of the portal, and shows the pool beside the live one", async () => {
    const answer = await bring(pass("grant", hello));
    expect(answer).toMatchObject({ status: 303, headers: { location: "/", "cache-control": "no-store" } });
    const [set = ""] = answer.headers["set-cookie"] ?? [];
    expect(set).toMatch(/^anytime\.preview=[\w.-]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax$/);
    const cookie = set.split(";")[0] ?? "";
    expect(await look(host, `${cookie}; own=1`, "/a?b=c")).toMatchObject({
      status: 200,
      body: "green /a?b=c cookies: own=1",
    });
    expect((await look(host.toUpperCase(), cookie)).body).toContain("green");
    expect((await look("hello.production.localhost", cookie)).body).toBe("blue");
  });

  it("refuses everybody else with the way in, and never the service", async () => {
    const other = await fixture.serve("other", { blue: [blue.port] });
    const cookies = [
      undefined,
      "anytime.session=stolen",
      "anytime.preview=",
      entry(hello, minuteMs, new Uint8Array(32)),
      entry(hello, -1),
      entry(other),
      `anytime.preview=${pass("grant", hello)}`,
    ];
    for (const cookie of cookies) {
      const answer = await look(host, cookie);
      expect([cookie, answer.status]).toEqual([cookie, 403]);
      expect(answer.body).toContain('<a href="http://localhost:4700/services/hello">');
      expect(answer.body).not.toContain("green");
    }
    // What a page beside it has set under the same name does not keep anybody out.
    expect((await look(host, `anytime.preview=planted; ${entry(hello)}`)).status).toBe(200);
  });

  it("says the same of a service that does not exist", async () => {
    const unknown = await look("nothing--next.production.localhost");
    const known = await look(host);
    expect(unknown.status).toBe(403);
    expect(unknown.body.replaceAll("nothing", "hello")).toBe(known.body);
  });

  it("takes no grant that is forged, expired, another's, or an entry, nor one in an address", async () => {
    const other = await fixture.serve("another", { blue: [blue.port] });
    for (const grant of [
      "",
      "x".repeat(4_000),
      pass("grant", hello, minuteMs, new Uint8Array(32)),
      pass("grant", hello, -1),
      pass("grant", other),
      pass("entry", hello),
    ]) {
      const answer = await bring(grant).catch(() => ({ status: 403, headers: {} }));
      expect([grant, answer.status, answer.headers]).toEqual([
        grant,
        403,
        expect.not.objectContaining({ "set-cookie": expect.anything() }),
      ]);
    }
    const grant = pass("grant", hello);
    for (const path of [`/.anytime/enter?grant=${grant}`, `/?grant=${grant}`, "/.anytime/enter"]) {
      expect([path, (await look(host, undefined, path)).status]).toEqual([path, 403]);
    }
    expect(router.output()).not.toContain(grant.split(".")[2]);
  });

  it("is reached by its host alone: by path it would share its cookies and scripts with every service", async () => {
    const answer = await look("localhost", entry(hello), "/hello--next/production/");
    expect(answer.status).toBe(404);
  });

  it("upgrades connections of whoever was let in, and cuts what is open when the time is over", async () => {
    expect(await upgrade(undefined)).toMatch(/^HTTP\/1.1 404 /);
    const startedAt = performance.now();
    expect(await upgrade(entry(hello, 700))).toMatch(/^HTTP\/1.1 101 .*green$/s);
    expect(performance.now() - startedAt).toBeGreaterThan(500);
    await expect(look(host, entry(hello, 300), "/stream")).rejects.toThrow();
  });

  it("holds up no deployment by what is open there", async () => {
    const asked = once(green.server, "request");
    const streaming = look(host, entry(hello, 500), "/stream").catch(() => undefined);
    await asked;
    expect((await fixture.progress(hello)).openToOldPools).toBe(0);
    await streaming;
  });

  it("says so where nothing stands beside what is live", async () => {
    const alone = await fixture.serve("alone", { blue: [blue.port] });
    await makeReady(alone, "blue");
    const answer = await look("alone--next.production.localhost", entry(alone));
    expect(answer).toMatchObject({ status: 404, body: expect.stringContaining("no next pool") });
  });

  it("lets nobody in where the router has no secret, and says what is missing", async () => {
    const answer = await bring(pass("grant", hello), fixture.router.port);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain("ANYTIME_PREVIEW_SECRET");
  });
});

/** All that comes back until the connection is closed. */
async function upgrade(cookie: string | undefined): Promise<string> {
  const socket = connect(router.port, "127.0.0.1");
  const lines = [`Host: ${host}`, "Connection: Upgrade", "Upgrade: echo"];
  if (cookie !== undefined) lines.push(`Cookie: ${cookie}`);
  socket.write(`GET /socket HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  await once(socket, "close");
  return text;
}
