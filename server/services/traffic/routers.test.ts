import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { Role } from "#server/domain/permissions.ts";
import { ForbiddenError } from "#server/kernel/errors.ts";
import { listen, type Notice } from "#server/kernel/notifications.ts";
import { acknowledge } from "./acknowledge.ts";
import { forgetRouter } from "./forget-router.ts";
import { heartbeatRouter } from "./heartbeat-router.ts";
import { listRouters } from "./list-routers.ts";
import type { NoticeSource } from "./notice-source.ts";
import { poolIsFree } from "./pool-is-free.ts";
import { registerRouter } from "./register-router.ts";
import { switchPool } from "./switch-pool.ts";
import { waitForAcknowledgements } from "./wait-for-acknowledgements.ts";
import { waitForDrain } from "./wait-for-drain.ts";

let database: TestDatabase;
let notices: NoticeSource;
let stopListening: () => Promise<void>;
let rows: TrafficRows;
let count = 0;
const routerId = randomUUID();

beforeAll(async () => {
  database = await openTestDatabase();
  const listeners = new Set<(notice: Notice) => void>();
  const listener = await listen(database.client.sql, {
    onNotice: (notice) => {
      for (const hear of listeners) hear(notice);
    },
    onResync: () => undefined,
  });
  stopListening = () => listener.close();
  notices = {
    subscribe(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
});
afterAll(async () => {
  await stopListening();
  await database.close();
});
beforeEach(async () => {
  await registerRouter(database.ctx, { routerId, host: "edge", port: 8080, pid: 7 });
  rows = await insertServiceEnvironment(database.client.sql, {
    service: `hello-${count++}`,
    environment: "production",
  });
  await insertInstance(database.client.sql, rows, { pool: "blue", port: 4001 });
  await insertInstance(database.client.sql, rows, { pool: "green", port: 4002 });
  await switchPool(database.ctx, { ...ids(), toPool: "blue", expectedGeneration: 0 });
});
afterEach(() => forgetRouter(database.ctx, { routerId }));

const ids = () => ({ serviceEnvironmentId: rows.serviceEnvironmentId });
const say = (generation: number, openToOldPools: number) =>
  acknowledge(database.ctx, {
    routerId,
    acknowledgements: [{ ...ids(), generation, openToOldPools, openRequests: 0 }],
  });

describe("waitForAcknowledgements", () => {
  it("ends as soon as every router has acknowledged", async () => {
    const waiting = waitForAcknowledgements(
      database.ctx,
      { ...ids(), generation: 1, timeoutMs: 20_000 },
      notices,
    );
    await say(1, 0);
    expect(await waiting).toEqual({ acknowledged: ["edge:8080"], missing: [] });
  });

  it("names the router that did not acknowledge in time", async () => {
    const wait = { ...ids(), generation: 1, timeoutMs: 100 };
    expect(await waitForAcknowledgements(database.ctx, wait, notices)).toEqual({
      acknowledged: [],
      missing: ["edge:8080"],
    });
  });

  it("waits no longer for a router that is forgotten", async () => {
    const waiting = waitForAcknowledgements(
      database.ctx,
      { ...ids(), generation: 1, timeoutMs: 20_000 },
      notices,
    );
    await forgetRouter(database.ctx, { routerId });
    expect(await waiting).toEqual({ acknowledged: [], missing: [] });
  });
});

describe("poolIsFree", () => {
  const use = (pool: "blue" | "green") => poolIsFree(database.ctx, { ...ids(), pool });

  it("holds the live pool", async () => {
    await say(1, 0);
    expect(await use("blue")).toMatchObject({ free: false, reason: "The blue pool takes live traffic." });
  });

  it("holds the other pool while a router may still point at it", async () => {
    expect(await use("green")).toMatchObject({ free: false, pointedAtBy: ["edge:8080"] });
    expect((await use("green")).reason).toContain("edge:8080");
  });

  it("holds the other pool while requests are open to it", async () => {
    await say(1, 3);
    expect(await use("green")).toEqual({
      free: false,
      reason: "3 requests or streams are still open to the green pool.",
      pointedAtBy: [],
      openRequests: 3,
    });
  });

  it("frees the other pool after that", async () => {
    await say(1, 3);
    await say(1, 0);
    expect(await use("green")).toEqual({ free: true, reason: null, pointedAtBy: [], openRequests: 0 });
  });

  it("frees a pool that has no instance, whatever is open to another", async () => {
    await say(1, 3);
    const empty = await poolIsFree(database.ctx, { ...ids(), pool: "violet" });
    expect(empty).toEqual({ free: true, reason: null, pointedAtBy: [], openRequests: 0 });
  });

  it("does not take an older acknowledgement for a newer one", async () => {
    await say(1, 0);
    await say(0, 5);
    expect(await use("green")).toMatchObject({ free: true });
  });
});

describe("waitForDrain", () => {
  it("ends when the last request to the old pool has ended", async () => {
    await say(1, 2);
    const wait = { ...ids(), pool: "green", timeoutMs: 20_000 } as const;
    const waiting = waitForDrain(database.ctx, wait, notices);
    await say(1, 0);
    expect(await waiting).toMatchObject({ free: true, openRequests: 0 });
  });

  it("says what is still open when the drain time is over", async () => {
    await say(1, 2);
    const wait = { ...ids(), pool: "green", timeoutMs: 50 } as const;
    expect(await waitForDrain(database.ctx, wait, notices)).toMatchObject({ free: false, openRequests: 2 });
  });
});

describe("a router", () => {
  it("is listed, and silent after five missed heartbeats", async () => {
    expect(await listRouters(database.ctx)).toMatchObject([{ routerId, name: "edge:8080", silent: false }]);
    await database.client.sql`update routers set heartbeat_at = clock_timestamp() - interval '11 seconds'`;
    expect(await listRouters(database.ctx)).toMatchObject([{ routerId, silent: true }]);
  });

  it("learns from its heartbeat that it was forgotten", async () => {
    expect(await heartbeatRouter(database.ctx, { routerId })).toBe(true);
    await forgetRouter(database.ctx, { routerId });
    expect(await heartbeatRouter(database.ctx, { routerId })).toBe(false);
  });

  it("is forgotten by an operator only once it is silent", async () => {
    const person = { kind: "user", id: 1, name: "Ada", email: "ada@example.org" } as const;
    const as = (role: Role) => ({ ...database.ctx, actor: { ...person, role } });
    await expect(forgetRouter(as("admin"), { routerId })).rejects.toThrow("edge:8080 is alive");
    await database.client.sql`update routers set heartbeat_at = clock_timestamp() - interval '11 seconds'`;
    await expect(forgetRouter(as("engineer"), { routerId })).rejects.toThrow(ForbiddenError);
    await forgetRouter(as("admin"), { routerId });
    expect(await listRouters(database.ctx)).toEqual([]);
  });

  it("has to acknowledge again after a restart", async () => {
    await say(1, 0);
    await registerRouter(database.ctx, { routerId, host: "edge", port: 8080, pid: 8 });
    const use = await poolIsFree(database.ctx, { ...ids(), pool: "green" });
    expect(use.pointedAtBy).toEqual(["edge:8080"]);
  });

  it("may acknowledge what is gone meanwhile: nothing happens", async () => {
    const gone = [{ serviceEnvironmentId: 999_999, generation: 1, openToOldPools: 0, openRequests: 0 }];
    await acknowledge(database.ctx, { routerId, acknowledgements: gone });
    await forgetRouter(database.ctx, { routerId });
    await say(1, 0);
    expect(await listRouters(database.ctx)).toEqual([]);
  });
});
