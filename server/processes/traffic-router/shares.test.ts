import { Agent, type RequestListener } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertRelease, standIn, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { Sticky } from "#server/domain/shares.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { changeShare, endShare, giveShare } from "#server/services/traffic/share-traffic.ts";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import { startTestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;
beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());

/** Blue is live, green stands beside it. */
async function serveBoth(service: string, answer?: RequestListener) {
  const [blue, green] = [await startTestInstance("blue"), await startTestInstance("green", answer)];
  const rows = await fixture.serve(service, { blue: [blue.port], green: [green.port] });
  const { ctx, client } = fixture.database;
  const { serviceEnvironmentId } = rows;
  const pool = "green" as const;
  const releases = { blue: rows.releaseId, green: await insertRelease(client.sql, rows) };
  for (const pool of ["blue", "green"] as const) {
    await standIn(client.sql, rows, { pool, releaseId: releases[pool] });
  }
  // So that the router knows of them from the first request on.
  await fixture.switchTo(rows, "blue");
  const generation = async () => (await readRoutes(ctx, serviceEnvironmentId))[0]?.generation ?? 0;
  const applied = async () => {
    const expected = await generation();
    await until(async () => (await fixture.progress(rows)).generation === expected);
  };
  return {
    rows,
    releases,
    applied,
    async give(share: number, sticky: Sticky | null = null) {
      const expectedGeneration = await generation();
      await giveShare(ctx, { serviceEnvironmentId, pool, share, sticky, expectedGeneration });
      await applied();
    },
    async change(share: number) {
      await changeShare(ctx, { serviceEnvironmentId, pool, share });
      await applied();
    },
    async end() {
      await endShare(ctx, { serviceEnvironmentId, pool });
      await applied();
    },
    async close() {
      await Promise.all([blue.close(), green.close()]);
    },
  };
}

async function counted({ serviceEnvironmentId }: TrafficRows) {
  const rows = await fixture.database.client.sql<{ release: number; byShare: boolean; requests: number }[]>`
    select release_id::int as release, by_share as "byShare", sum(requests)::int as requests
    from request_counts where service_environment_id = ${serviceEnvironmentId} group by 1, 2`;
  const of = (release: number, isShared?: boolean) =>
    rows
      .filter((row) => row.release === release && (isShared ?? row.byShare) === row.byShare)
      .reduce((sum, { requests }) => sum + requests, 0);
  const [strays] = await fixture.database.client.sql<{ count: number }[]>`
    select sum(strays)::int as count from request_counts where service_environment_id = ${serviceEnvironmentId}`;
  return { of, strays: strays?.count, all: rows.reduce((sum, { requests }) => sum + requests, 0) };
}

/** Asks so many times, some at once, and says who answered. */
async function askMany(service: string, times: number, headers: Record<string, string> = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const host = `${service}.production.localhost`;
  const answers = Array.from({ length: times }, () => ask(fixture.router.port, host, { agent, headers }));
  const bodies = (await Promise.all(answers)).map(({ status, body }) =>
    status === 200 ? body : String(status),
  );
  agent.destroy();
  const count = (body: string) => bodies.filter((one) => one === body).length;
  return { blue: count("blue"), green: count("green"), failed: times - count("blue") - count("green") };
}

describe("a share of the traffic", () => {
  it("goes to the candidate, more and less by hand, all and none of it; counts say who answered what", async () => {
    const both = await serveBoth("shared");
    const seen = { blue: 0, green: 0 };
    for (const share of [0.1, 0.5, 0.9]) {
      await (share === 0.1 ? both.give(share) : both.change(share));
      const answers = await askMany("shared", 1_000);
      expect(answers.failed).toBe(0);
      expect(Math.abs(answers.green - 1_000 * share)).toBeLessThan(
        5 * Math.sqrt(1_000 * share * (1 - share)),
      );
      seen.blue += answers.blue;
      seen.green += answers.green;
    }
    await fixture.switchTo(both.rows, "green");
    expect(await askMany("shared", 100)).toEqual({ blue: 0, green: 100, failed: 0 });
    await fixture.switchTo(both.rows, "blue");
    await both.give(0.5);
    await both.end();
    expect(await askMany("shared", 100)).toEqual({ blue: 100, green: 0, failed: 0 });
    await until(async () => (await counted(both.rows)).all === 3_200);
    const { of, strays } = await counted(both.rows);
    expect([of(both.releases.blue, true), of(both.releases.green, true)]).toEqual([seen.blue, seen.green]);
    expect([of(both.releases.blue, false), of(both.releases.green, false), strays]).toEqual([100, 100, 0]);
    await both.close();
  });

  it("fails no request while it changes all the time, and each is counted once", async () => {
    const both = await serveBoth("restless");
    const seen: Record<string, number> = {};
    let isStopping = false;
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const client = async () => {
      while (!isStopping) {
        const { status, body } = await ask(fixture.router.port, "restless.production.localhost", { agent });
        const who = status === 200 ? body : String(status);
        seen[who] = (seen[who] ?? 0) + 1;
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    for (let turn = 0; turn < 15; turn += 1) {
      await both.give(0.3);
      await both.change(0.7);
      await (turn % 3 === 0 ? both.end() : fixture.switchTo(both.rows, "green"));
      await fixture.switchTo(both.rows, "blue");
    }
    isStopping = true;
    await clients;
    agent.destroy();
    expect(Object.keys(seen).sort()).toEqual(["blue", "green"]);
    const { blue = 0, green = 0 } = seen;
    await until(async () => (await counted(both.rows)).all >= blue + green);
    const { of, strays } = await counted(both.rows);
    expect([of(both.releases.blue), of(both.releases.green), strays]).toEqual([blue, green, 0]);
    await both.close();
  });

  it.each([
    ["cookie", (visitor: string) => ({ Cookie: `theme=dark; visitor=${visitor}; x=1` })],
    ["header", (visitor: string) => ({ Visitor: visitor })],
  ] as const)("sticks to visitors by a %s, and keeps those who are in", async (by, headersOf) => {
    const service = `sticky-${by}`;
    const both = await serveBoth(service);
    const visitors = Array.from({ length: 60 }, (_, at) => `visitor-${at}`);
    const whoIsIn = async () => {
      const answers = await Promise.all(visitors.map((visitor) => askMany(service, 3, headersOf(visitor))));
      for (const { blue, green } of answers) expect([0, 3]).toContain(blue * (green === 0 ? 1 : 2));
      return visitors.filter((_, at) => (answers[at]?.green ?? 0) > 0);
    };
    await both.give(0.2, { by, name: by === "cookie" ? "visitor" : "Visitor" });
    const first = await whoIsIn();
    await both.change(0.6);
    const more = await whoIsIn();
    expect(first.length).toBeGreaterThan(0);
    expect(more.length).toBeGreaterThan(first.length);
    expect(more).toEqual(expect.arrayContaining(first));
    // Whoever says nothing of the kind is drawn for.
    const strangers = await askMany(service, 200);
    expect(Math.min(strangers.blue, strangers.green)).toBeGreaterThan(0);
    await both.close();
  });

  it("is drained once it has ended, and not before", async () => {
    const waiting = Promise.withResolvers<void>();
    const both = await serveBoth("drained", async (_, response) => {
      await waiting.promise;
      response.end("late");
    });
    await both.give(0.99, { by: "header", name: "Visitor" });
    const asked = ask(fixture.router.port, "drained.production.localhost", { headers: { Visitor: "1" } });
    expect((await fixture.progress(both.rows)).openToOldPools).toBe(0);
    await both.end();
    await until(async () => (await fixture.progress(both.rows)).openToOldPools === 1);
    waiting.resolve();
    expect((await asked).body).toBe("late");
    await until(async () => (await fixture.progress(both.rows)).openToOldPools === 0);
    await both.close();
  });

  it("falls to the live pool where nobody is left in the candidate", async () => {
    const both = await serveBoth("deserted");
    await both.give(0.99);
    const { client } = fixture.database;
    await client.sql`update instances set status = 'ended'
      where service_environment_id = ${both.rows.serviceEnvironmentId} and pool = 'green'`;
    await client.sql`select pg_notify('anytime', ${JSON.stringify({ topic: "route", id: String(both.rows.serviceEnvironmentId) })})`;
    await until(async () => (await askMany("deserted", 20)).blue === 20);
    expect(await askMany("deserted", 50)).toEqual({ blue: 50, green: 0, failed: 0 });
    await both.close();
  });
});
