import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { openCuttingProxy } from "#db/testing/cutting-proxy.ts";
import { sumCounts } from "#server/services/telemetry/sum-counts.ts";
import { pauseTraffic, resumeTraffic } from "#server/services/traffic/pause-traffic.ts";
import { readRouterProgress } from "#server/services/traffic/read-router-progress.ts";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import { startTestInstance, type TestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;
beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());

const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
afterAll(() => agent.destroy());

interface Paused {
  instance: TestInstance;
  rows: Awaited<ReturnType<RouterFixture["serve"]>>;
  /** The bodies of the requests that the instance has seen. */
  seen: string[];
  ask(number: number, options?: Parameters<typeof ask>[2]): ReturnType<typeof ask>;
  pause(seconds: number): Promise<void>;
  resume(): Promise<boolean>;
}

async function open(service: string): Promise<Paused> {
  const seen: string[] = [];
  const instance = await startTestInstance("blue", async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push(`${request.url}${body}`);
    response.end("blue");
  });
  const rows = await fixture.serve(service, { blue: [instance.port] });
  const { ctx } = fixture.database;
  const { serviceEnvironmentId } = rows;
  return {
    instance,
    rows,
    seen,
    ask: (number, options) =>
      ask(fixture.router.port, `${service}.production.localhost`, { agent, path: `/${number}`, ...options }),
    async pause(seconds) {
      const { generation } = await pauseTraffic(ctx, { serviceEnvironmentId, seconds });
      await until(async () => (await fixture.progress(rows)).generation === generation);
    },
    resume: () => resumeTraffic(ctx, { serviceEnvironmentId }),
  };
}

/** What comes now is held: asked of another service, which is answered. */
async function untilTaken(): Promise<void> {
  const other = await startTestInstance("other");
  const name = `other-${other.port}`;
  await fixture.serve(name, { blue: [other.port] });
  await ask(fixture.router.port, `${name}.production.localhost`);
  await other.close();
}

describe("while requests are held", () => {
  it("they wait, bodies unread, and are let go in order", async () => {
    const paused = await open("ordered");
    await paused.pause(30);
    const asked = [];
    for (let number = 0; number < 120; number += 1) {
      asked.push(paused.ask(number, { method: "POST", body: `:${number}` }));
      if (number % 40 === 0) await untilTaken();
    }
    await untilTaken();
    expect(paused.seen).toEqual([]);
    expect(await paused.resume()).toBe(true);
    const answers = await Promise.all(asked);
    expect(answers.every(({ status, body }) => status === 200 && body === "blue")).toBe(true);
    expect(paused.seen).toHaveLength(120);
    expect(paused.seen.slice(0, 40).sort()).toEqual(
      Array.from({ length: 40 }, (_, number) => `/${number}:${number}`).sort(),
    );
    expect(await paused.resume()).toBe(false);
    await paused.instance.close();
  });

  it("a switch is followed by those that wait", async () => {
    const [blue, green] = [await startTestInstance("blue"), await startTestInstance("green")];
    const rows = await fixture.serve("followed", { blue: [blue.port], green: [green.port] });
    const { serviceEnvironmentId } = rows;
    const { generation } = await pauseTraffic(fixture.database.ctx, { serviceEnvironmentId, seconds: 30 });
    await until(async () => (await fixture.progress(rows)).generation === generation);
    const answer = ask(fixture.router.port, "followed.production.localhost");
    await fixture.switchTo(rows, "green");
    await resumeTraffic(fixture.database.ctx, { serviceEnvironmentId });
    expect((await answer).body).toBe("green");
    await Promise.all([blue.close(), green.close()]);
  });

  it("it ends by itself, also while the database is away", async () => {
    const proxy = await openCuttingProxy(fixture.database.url);
    const another = await fixture.startAnother("cut", { databaseUrl: proxy.url });
    const { instance, rows, ...paused } = await open("alone");
    const host = "alone.production.localhost";
    await until(async () => (await ask(another.port, host)).status === 200);
    const { generation } = await pauseTraffic(fixture.database.ctx, {
      serviceEnvironmentId: rows.serviceEnvironmentId,
      seconds: 2,
    });
    await until(async () => {
      const progress = await readRouterProgress(fixture.database.ctx, rows.serviceEnvironmentId);
      return progress.every((router) => router.generation === generation);
    });
    proxy.cut();
    const answers = [ask(another.port, host), paused.ask(1)];
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    await another.end();
    await proxy.close();
    await instance.close();
  });

  it("more than a thousand of a service are refused, and one whose client leaves makes room", async () => {
    const paused = await open("many");
    await paused.pause(30);
    const leaving = new AbortController();
    const left = paused.ask(0, { signal: leaving.signal }).catch(() => "left");
    await untilTaken();
    const asked = Array.from({ length: 1_000 }, (_, number) => paused.ask(number + 1));
    const refused = await Promise.race(asked);
    expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "2" } });
    leaving.abort();
    expect(await left).toBe("left");
    await paused.resume();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503)).toHaveLength(1);
    expect(paused.seen).not.toContain("/0");
    await paused.instance.close();
  });

  it("a websocket waits for its handshake", async () => {
    const instance = await startTestInstance("blue");
    new WebSocketServer({ server: instance.server });
    const rows = await fixture.serve("talk", { blue: [instance.port] });
    const { serviceEnvironmentId } = rows;
    const { generation } = await pauseTraffic(fixture.database.ctx, { serviceEnvironmentId, seconds: 30 });
    await until(async () => (await fixture.progress(rows)).generation === generation);
    const socket = new WebSocket(`ws://127.0.0.1:${fixture.router.port}/talk/production/`);
    const opened = once(socket, "open");
    await untilTaken();
    expect(socket.readyState).toBe(WebSocket.CONNECTING);
    await resumeTraffic(fixture.database.ctx, { serviceEnvironmentId });
    await opened;
    socket.terminate();
    instance.server.closeAllConnections();
    await instance.close();
  });

  it("a websocket whose client has left leaves the queue, and goes to no instance", async () => {
    const instance = await startTestInstance("blue");
    let handshakes = 0;
    instance.server.on("upgrade", (_, socket) => {
      handshakes += 1;
      socket.destroy();
    });
    const rows = await fixture.serve("hasty", { blue: [instance.port] });
    const { serviceEnvironmentId } = rows;
    const { ctx } = fixture.database;
    const { generation } = await pauseTraffic(ctx, { serviceEnvironmentId, seconds: 30 });
    await until(async () => (await fixture.progress(rows)).generation === generation);
    const socket = connect(fixture.router.port, "127.0.0.1");
    socket.write(
      "GET / HTTP/1.1\r\nHost: hasty.production.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    await untilTaken();
    socket.end();
    // Counted while the others still wait: it has left the queue.
    const all = { serviceEnvironmentId, from: new Date(0), to: new Date("2100-01-01") };
    await until(async () => (await sumCounts(ctx, all)).aborted === 1);
    const answer = ask(fixture.router.port, "hasty.production.localhost");
    await resumeTraffic(ctx, { serviceEnvironmentId });
    expect((await answer).status).toBe(200);
    expect(handshakes).toBe(0);
    await instance.close();
  });

  it("routers say when what was in flight has ended", async () => {
    const waiting = Promise.withResolvers<void>();
    const slow = await startTestInstance("slow", async (_, response) => {
      await waiting.promise;
      response.end("late");
    });
    const rows = await fixture.serve("slow", { blue: [slow.port] });
    const { serviceEnvironmentId } = rows;
    const answer = ask(fixture.router.port, "slow.production.localhost");
    await once(slow.server, "request");
    await pauseTraffic(fixture.database.ctx, { serviceEnvironmentId, seconds: 30 });
    const open = async () => (await fixture.progress(rows)).openRequests;
    await until(async () => (await open()) === 1);
    waiting.resolve();
    expect((await answer).body).toBe("late");
    await until(async () => (await open()) === 0);
    await resumeTraffic(fixture.database.ctx, { serviceEnvironmentId });
    await slow.close();
  });

  it("a router that ends lets them go first", async () => {
    const another = await fixture.startAnother("ending");
    const { instance, rows } = await open("ending");
    const host = "ending.production.localhost";
    await until(async () => (await ask(another.port, host)).status === 200);
    const { generation } = await pauseTraffic(fixture.database.ctx, {
      serviceEnvironmentId: rows.serviceEnvironmentId,
      seconds: 30,
    });
    await until(async () => {
      const progress = await readRouterProgress(fixture.database.ctx, rows.serviceEnvironmentId);
      return progress.every((router) => router.generation === generation);
    });
    const answer = ask(another.port, host);
    await untilTaken();
    await another.end();
    expect((await answer).status).toBe(200);
    await instance.close();
  });
});

describe("a pause", () => {
  it("lasts no longer than half a minute, and is not lengthened", async () => {
    const { instance, pause } = await open("bounded");
    for (const seconds of [0, -1, 31, Number.NaN]) {
      await expect(pause(seconds)).rejects.toThrow("Requests are held for 30 seconds at the most.");
    }
    await pause(20);
    await expect(pause(20)).rejects.toThrow("requests are held already");
    await instance.close();
  });

  it("is ended by who names it, or whichever it is", async () => {
    const { ctx } = fixture.database;
    const { instance, rows, resume } = await open("named");
    const { serviceEnvironmentId } = rows;
    const { heldUntilMs } = await pauseTraffic(ctx, { serviceEnvironmentId, seconds: 30 });
    const earlier = Number(heldUntilMs) - 1;
    expect(await resumeTraffic(ctx, { serviceEnvironmentId, heldUntilMs: earlier })).toBe(false);
    expect(await resumeTraffic(ctx, { serviceEnvironmentId, heldUntilMs })).toBe(true);
    await pauseTraffic(ctx, { serviceEnvironmentId, seconds: 30 });
    expect(await resume()).toBe(true);
    await instance.close();
  });

  it("is for what goes through the routers", async () => {
    const { ctx } = fixture.database;
    const { instance, rows } = await open("elsewhere");
    await fixture.moveElsewhere(rows);
    const { serviceEnvironmentId } = rows;
    await expect(pauseTraffic(ctx, { serviceEnvironmentId, seconds: 5 })).rejects.toThrow(
      "Nothing is live there",
    );
    await instance.close();
  });
});
