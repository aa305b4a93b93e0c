import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, type ServerResponse } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgetRouter } from "#server/services/traffic/forget-router.ts";
import { listRouters } from "#server/services/traffic/list-routers.ts";
import { poolIsFree } from "#server/services/traffic/pool-is-free.ts";
import type { Route } from "#server/services/traffic/route.ts";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import { takesConnections } from "./testing/router-process.ts";
import { startTestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;

beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());

/** The database's address with a plug that can be pulled. */
async function startRelay(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const plug = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await plug(0);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const relayed = new URL(url);
  relayed.host = `127.0.0.1:${port}`;
  return {
    url: relayed.href,
    plug: () => plug(port),
    async pull() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

describe("a switch", () => {
  it("loses no request of many at once, and every request after the acknowledgement goes to the new pool", async () => {
    const [blue, green] = [await startTestInstance("blue"), await startTestInstance("green")];
    const rows = await fixture.serve("busy", { blue: [blue.port], green: [green.port] });
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    let stopping = false;
    let live = "blue";
    let served = 0;
    const client = async () => {
      while (!stopping) {
        const settled = live;
        const answer = await ask(fixture.router.port, "busy.production.localhost", { agent });
        expect(answer.status).toBe(200);
        if (settled === live && settled !== "moving") expect(answer.body).toBe(live);
        served++;
      }
    };
    const clients = Promise.all(Array.from({ length: 16 }, client));
    for (const pool of ["green", "blue", "green", "blue", "green"] as const) {
      const before = served;
      await until(() => served > before + 100);
      live = "moving";
      await fixture.switchTo(rows, pool);
      live = pool;
    }
    stopping = true;
    await clients;
    agent.destroy();
    expect(served).toBeGreaterThan(500);
    await Promise.all([blue.close(), green.close()]);
  });

  it("leaves what is in flight where it began, and counts it until it ends", async () => {
    const held: ServerResponse[] = [];
    const [blue, green] = [
      await startTestInstance("blue", (_request, response) => held.push(response)),
      await startTestInstance("green"),
    ];
    const rows = await fixture.serve("drain", { blue: [blue.port], green: [green.port] });
    const slow = [1, 2].map(() => ask(fixture.router.port, "drain.production.localhost"));
    await until(() => held.length === 2);
    await fixture.switchTo(rows, "green");
    expect(await fixture.progress(rows)).toEqual({
      name: expect.any(String),
      generation: 2,
      openToOldPools: 2,
      openRequests: 0,
    });
    const use = () =>
      poolIsFree(fixture.database.ctx, { serviceEnvironmentId: rows.serviceEnvironmentId, pool: "blue" });
    expect((await use()).free).toBe(false);
    expect((await ask(fixture.router.port, "drain.production.localhost")).body).toBe("green");
    held[0]?.end("from blue");
    await until(async () => (await fixture.progress(rows)).openToOldPools === 1);
    held[1]?.end("from blue");
    await until(async () => (await use()).free);
    expect((await Promise.all(slow)).map((answer) => answer.body)).toEqual(["from blue", "from blue"]);
    await Promise.all([blue.close(), green.close()]);
  });
});

describe("a router", () => {
  it("registers again when it was forgotten by mistake, and acknowledges all anew", async () => {
    const instance = await startTestInstance("known");
    const rows = await fixture.serve("known", { blue: [instance.port] });
    const [registered] = await listRouters(fixture.database.ctx);
    await forgetRouter(fixture.database.ctx, { routerId: registered?.routerId ?? "" });
    await until(async () => (await fixture.progress(rows)).generation === 1);
    await instance.close();
  });

  it("serves on while the database is away, and is in step again when it is back", async () => {
    const [blue, green] = [await startTestInstance("blue"), await startTestInstance("green")];
    const rows = await fixture.serve("outage", { blue: [blue.port], green: [green.port] });
    const relay = await startRelay(fixture.database.url);
    const databaseUrl = relay.url;
    const router = await fixture.startAnother("second", { databaseUrl });
    const body = async () => (await ask(router.port, "outage.production.localhost")).body;
    expect(await body()).toBe("blue");
    await relay.pull();
    expect(await body()).toBe("blue");

    await fixture.database.client.sql`
      update pointers set live_pool = 'green', generation = generation + 1
      where service_environment_id = ${rows.serviceEnvironmentId}`;
    await relay.plug();
    await until(async () => (await body()) === "green");

    // A killed router starts from its file alone where there is no database at all.
    const file = join(fixture.dataFolder, "second/router/state.json");
    const saved = async () => JSON.parse(await readFile(file, "utf8"));
    await until(async () =>
      (await saved()).routes.some(
        (route: Route) => route.serviceSlug === "outage" && route.livePool === "green",
      ),
    );
    await router.end("SIGKILL");
    await relay.pull();
    const state = await saved();
    const again = await fixture.startAnother("second", { databaseUrl, port: router.port });
    expect(await body()).toBe("green");
    await relay.plug();
    await until(async () => {
      const routers = await listRouters(fixture.database.ctx);
      return routers.some((one) => one.routerId === state.routerId && one.pid === again.child.pid);
    });
    await again.end();
    await relay.pull();
    await Promise.all([blue.close(), green.close()]);
  }, 90_000);

  it("ends in order: finishes what is in flight, takes nothing new, signs off", async () => {
    const held: ServerResponse[] = [];
    const instance = await startTestInstance("slow", (_request, response) => held.push(response));
    await fixture.serve("ending", { blue: [instance.port] });
    const router = await fixture.startAnother("third");
    const asked = ask(router.port, "ending.production.localhost");
    await until(() => held.length === 1);
    const ended = router.end();
    await until(async () => !(await takesConnections(router.port)));
    held[0]?.end("finished");
    expect((await asked).body).toBe("finished");
    await ended;
    expect(router.child.exitCode).toBe(0);
    const ports = (await listRouters(fixture.database.ctx)).map((one) => one.name.split(":")[1]);
    expect(ports).not.toContain(String(router.port));
    await instance.close();
  });

  it("names the port that is in use, and how to choose another", async () => {
    const { port } = fixture.router;
    await expect(fixture.startAnother("fourth", { port })).rejects.toThrow(
      `Port ${port} is in use: end what listens there, or set ANYTIME_ROUTER_PORT to another port.`,
    );
  });

  it("says where it runs in a file of the data folder", async () => {
    const file = join(fixture.dataFolder, "run/traffic-router.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      pid: fixture.router.child.pid,
      startTime: expect.any(String),
      port: fixture.router.port,
      isReady: true,
    });
  });
});
