import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCuttingProxy } from "#db/testing/cutting-proxy.ts";
import { insertRelease, standIn, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { slotOf, unpackSlots } from "#server/domain/latency-slots.ts";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import { startTestInstance } from "./testing/test-instance.ts";

/** What routers count is what clients saw: no request is missing, doubled or put down to another release. */
let fixture: RouterFixture;
beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());

interface Sums {
  requests: number;
  clientErrors: number;
  serverErrors: number;
  aborted: number;
  strays: number;
  timed: number;
}

const sumOf = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0);

/** By release, over all that is stored. */
async function sums({ serviceEnvironmentId }: TrafficRows): Promise<Map<number, Sums>> {
  const rows = await fixture.database.client.sql<
    (Omit<Sums, "timed"> & { release: number; packed: string })[]
  >`
    select release_id::int as release, sum(requests)::int as requests, sum(client_errors)::int as "clientErrors",
      sum(server_errors)::int as "serverErrors", sum(aborted)::int as aborted, sum(strays)::int as strays,
      sum(latency)::text as packed
    from request_counts where service_environment_id = ${serviceEnvironmentId} group by release_id`;
  return new Map(
    rows.map(({ release, packed, ...rest }) => [release, { ...rest, timed: sumOf(unpackSlots(packed)) }]),
  );
}

const total = async (rows: TrafficRows) =>
  [...(await sums(rows)).values()].reduce((sum, { requests }) => sum + requests, 0);

/** A release in each pool, as deployments leave them there. */
async function stand(rows: TrafficRows): Promise<Record<"blue" | "green", number>> {
  const { sql } = fixture.database.client;
  const releases = { blue: rows.releaseId, green: await insertRelease(sql, rows) };
  for (const pool of ["blue", "green"] as const)
    await standIn(sql, rows, { pool, releaseId: releases[pool] });
  return releases;
}

describe("counts", () => {
  it("are exact by release over many switches", async () => {
    const [blue, green] = [await startTestInstance("blue"), await startTestInstance("green")];
    const rows = await fixture.serve("exact", { blue: [blue.port], green: [green.port] });
    const releases = await stand(rows);
    await fixture.switchTo(rows, "green");
    const seen = { blue: 0, green: 0 };
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let isStopping = false;
    const client = async () => {
      while (!isStopping) {
        const { body } = await ask(fixture.router.port, "exact.production.localhost", { agent });
        seen[body as "blue" | "green"] += 1;
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    for (let turn = 0; turn < 30; turn += 1) {
      const before = seen.blue + seen.green;
      await until(() => seen.blue + seen.green > before + 20);
      await fixture.switchTo(rows, turn % 2 === 0 ? "blue" : "green");
    }
    isStopping = true;
    await clients;
    agent.destroy();
    await until(async () => (await total(rows)) >= seen.blue + seen.green);
    const stored = await sums(rows);
    for (const color of ["blue", "green"] as const) {
      const clean = { clientErrors: 0, serverErrors: 0, aborted: 0, strays: 0 };
      const requests = seen[color];
      expect(stored.get(releases[color])).toEqual({ ...clean, requests, timed: requests });
    }
    expect(stored.size).toBe(2);
    const halves = await fixture.database.client.sql`
      select half, sum(requests)::int as requests from request_counts
      where service_environment_id = ${rows.serviceEnvironmentId} group by half order by half`;
    expect(halves.map(({ half }) => half)).toEqual([0, 1]);
  });

  it("say how requests ended: answered with which status, by nobody, or cut off by either side", async () => {
    const instance = await startTestInstance("blue", (request, response) => {
      const path = request.url ?? "";
      if (path.startsWith("/status/")) response.writeHead(Number(path.slice(8))).end();
      else if (path === "/cut") response.write("half", () => response.destroy());
      else if (path === "/slow") setTimeout(() => response.end("late"), 300);
      else response.write("begun");
    });
    const rows = await fixture.serve("ends", { blue: [instance.port] });
    const { blue } = await stand(rows);
    await fixture.switchTo(rows, "blue");
    const get = (path: string) => ask(fixture.router.port, "ends.production.localhost", { path });
    for (const status of [200, 302, 404, 418, 500, 503]) await get(`/status/${status}`);
    await get("/slow");
    await expect(get("/cut")).rejects.toThrow();
    await leaveEarly("ends.production.localhost", "/never");
    await upgrade("ends.production.localhost");
    await until(async () => (await total(rows)) === 10);
    const ends = await sums(rows);
    expect(ends.get(blue)).toMatchObject({
      requests: 10,
      clientErrors: 2,
      serverErrors: 2,
      aborted: 2,
      strays: 0,
    });
    const [slow] = await fixture.database.client.sql<{ latency: string }[]>`
      select latency from request_counts
      where service_environment_id = ${rows.serviceEnvironmentId} and route = '/slow'`;
    const slot = unpackSlots(slow?.latency ?? "0").findIndex((count) => count > 0);
    expect(slot).toBeGreaterThanOrEqual(slotOf(299));
    expect(slot).toBeLessThan(slotOf(3_000));
    await instance.close();
    await get("/down");
    await until(async () => (await total(rows)) === 11);
    expect((await sums(rows)).get(blue)).toMatchObject({ serverErrors: 3 });
  });

  it("are neither lost nor doubled by a router that ends in order, or by a database that breaks off", async () => {
    const instance = await startTestInstance("blue");
    const rows = await fixture.serve("kept", { blue: [instance.port] });
    const line = await openCuttingProxy(fixture.database.url);
    const start = () => fixture.startAnother("kept", { databaseUrl: line.url });
    let router = await start();
    const get = () => ask(router.port, "kept.production.localhost");
    await until(async () => (await get()).status === 200);
    let asked = await settled(rows);
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 40; count += 1) {
        await get();
        if (count % 10 === 9) line.cut();
      }
      asked += 40;
      await router.end();
      expect(await total(rows)).toBe(asked);
      router = await start();
    }
    await line.close();
    await instance.close();
  });
});

/** What is stored once nothing more comes. */
async function settled(rows: TrafficRows): Promise<number> {
  let before = -1;
  let now = await total(rows);
  while (now !== before || now === 0) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    now = await total(rows);
  }
  return now;
}

/** Goes away when the answer has begun. */
async function leaveEarly(host: string, path: string): Promise<void> {
  const asked = request({ port: fixture.router.port, path, headers: { Host: host }, agent: false });
  asked.on("error", () => undefined);
  asked.end();
  await once(asked, "response");
  asked.destroy();
}

/** Asks for a websocket of an instance that knows none: it answers as to any other request, and is left. */
async function upgrade(host: string): Promise<void> {
  const headers = { Host: host, Connection: "Upgrade", Upgrade: "websocket" };
  const asked = request({ port: fixture.router.port, path: "/status/200", headers, agent: false });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  await text(answer);
}
