import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { listen, type Notice } from "#server/kernel/notifications.ts";
import { readRoutes } from "./read-routes.ts";
import { routeSchema } from "./route.ts";
import { switchPool } from "./switch-pool.ts";

let database: TestDatabase;
let rows: TrafficRows;
let count = 0;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  rows = await insertServiceEnvironment(database.client.sql, {
    service: `hello-${count++}`,
    environment: "production",
  });
});

const switchTo = (toPool: "blue" | "green", expectedGeneration: number) =>
  switchPool(database.ctx, {
    serviceEnvironmentId: rows.serviceEnvironmentId,
    toPool,
    expectedGeneration,
  });

describe("switchPool", () => {
  it("moves the pointer and raises the generation", async () => {
    await insertInstance(database.client.sql, rows, { pool: "green", port: 4001 });
    expect(await switchTo("green", 0)).toMatchObject({ generation: 1 });
    const [route] = await readRoutes(database.ctx, rows.serviceEnvironmentId);
    expect(route).toMatchObject({
      generation: 1,
      livePool: "green",
      candidateShare: 0,
      pools: { blue: [], green: [{ host: "127.0.0.1", port: 4001 }] },
    });
  });

  it("moves to a pool without instances only where its release runs elsewhere", async () => {
    const makeReady = (target: string) => database.client.sql`
      update pools set status = 'ready', target = ${target}
      where service_environment_id = ${rows.serviceEnvironmentId} and color = 'green'`;
    await makeReady("process");
    await expect(switchTo("green", 0)).rejects.toThrow("no healthy instance");
    await makeReady("script");
    expect(await switchTo("green", 0)).toMatchObject({ generation: 1 });
    const [route] = await readRoutes(database.ctx, rows.serviceEnvironmentId);
    expect(route).toMatchObject({ livePool: "green", isElsewhere: true });
  });

  it("tells routers the whole new route in the notification", async () => {
    await insertInstance(database.client.sql, rows, { pool: "blue", port: 4002 });
    const heard = Promise.withResolvers<Notice>();
    const listener = await listen(database.client.sql, {
      onNotice: heard.resolve,
      onResync: () => undefined,
    });
    await switchTo("blue", 0);
    const notice = await heard.promise;
    await listener.close();
    expect(notice).toMatchObject({ topic: "route", id: String(rows.serviceEnvironmentId) });
    expect(routeSchema.parse(notice.body)).toEqual(
      (await readRoutes(database.ctx, rows.serviceEnvironmentId))[0],
    );
  });

  it("refuses a generation that is no longer the current one, and says what it is", async () => {
    await insertInstance(database.client.sql, rows, { pool: "blue", port: 4003 });
    await switchTo("blue", 0);
    await expect(switchTo("blue", 0)).rejects.toThrow(ConflictError);
    await expect(switchTo("blue", 0)).rejects.toThrow("it is at generation 1, not 0");
  });

  it("lets one of many at once win", async () => {
    await insertInstance(database.client.sql, rows, { pool: "blue", port: 4004 });
    await insertInstance(database.client.sql, rows, { pool: "green", port: 4005 });
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => switchTo(index % 2 === 0 ? "blue" : "green", 0)),
    );
    expect(all.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect((await readRoutes(database.ctx, rows.serviceEnvironmentId))[0]?.generation).toBe(1);
  });

  it("refuses a pool without a healthy instance", async () => {
    await insertInstance(database.client.sql, rows, { pool: "blue", port: 4006, status: "starting" });
    await expect(switchTo("blue", 0)).rejects.toThrow("The blue pool has no healthy instance");
  });

  it("says that a service environment is gone", async () => {
    const gone = { serviceEnvironmentId: 999_999, toPool: "blue", expectedGeneration: 0 } as const;
    await expect(switchPool(database.ctx, gone)).rejects.toThrow(NotFoundError);
  });

  it("stands in the audit log, once", async () => {
    await insertInstance(database.client.sql, rows, { pool: "blue", port: 4007 });
    await switchTo("blue", 0);
    await expect(switchTo("blue", 0)).rejects.toThrow(ConflictError);
    const entries = await database.client.sql`
      select actor_name, action, before, after from audit_entries
      where subject = ${`service-environment:${rows.serviceEnvironmentId}`}`;
    expect([...entries]).toEqual([
      {
        actor_name: "test",
        action: "traffic/switch-pool",
        before: { generation: 0 },
        after: { generation: 1, livePool: "blue" },
      },
    ]);
  });
});
