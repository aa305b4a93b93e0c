import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { workers } from "#db/schema/workers.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { followAudit } from "#db/testing/follow-audit.ts";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { registerWorker } from "#server/services/deployments/register-worker.ts";
import { listPools } from "#server/services/targets/list-pools.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { forgetWorker } from "./forget-worker.ts";

/** A machine that is gone for good takes its instances with it, live ones too: an operator says so, and all goes on. */
let database: TestDatabase;
let rows: TrafficRows;
let gone: number;
let other: number;

beforeAll(async () => {
  database = await openTestDatabase();
  rows = await insertServiceEnvironment(database.client.sql, { service: "shop", environment: "production" });
});
afterAll(() => database.close());
beforeEach(async () => {
  const { sql: query } = database.client;
  await query`delete from instances`;
  [gone, other] = [await register("gone"), await register("other")];
  await query`update pointers set live_pool = 'blue', generation = generation + 1`;
  await query`update pools set status = case color when 'violet' then 'ending' else 'ready' end`;
  await stand(gone, "blue", 1);
  await stand(gone, "green", 2);
  await stand(gone, "violet", 3, "ending");
});

const register = async (name: string) =>
  (await registerWorker(database.ctx, { name, host: "web-1", pid: 7, capacity: 2 })).id;
const stand = (workerId: number, pool: PoolColor, port: number, status = "healthy") =>
  insertInstance(database.client.sql, { ...rows, workerId }, { pool, port, status });
const fallSilent = () =>
  database.ctx.db
    .update(workers)
    .set({ heartbeatAt: sql`clock_timestamp() - interval '1 minute'` })
    .where(eq(workers.id, gone));
const forget = (withInstances: boolean) => forgetWorker(database.ctx, { workerId: gone, withInstances });

async function standing() {
  const pools = await listPools(database.ctx, rows.serviceEnvironmentId);
  const [route] = await readRoutes(database.ctx, rows.serviceEnvironmentId);
  return {
    pools: Object.fromEntries(pools.map(({ color, status }) => [color, status])),
    reached: Object.values(route?.pools ?? {}).flatMap((addresses) => addresses.map(({ port }) => port)),
    live: route?.livePool,
  };
}

test("its instances go with it: routers leave them out, and what is not live can be taken again", async () => {
  await fallSilent();
  const audited = await followAudit(database.client.sql);
  await forget(true);
  expect(await standing()).toEqual({
    pools: { blue: "ready", green: "empty", violet: "empty" },
    ...{ reached: [], live: "blue" },
  });
  expect(await audited()).toMatchObject([
    { action: "deployments/forget-worker", before: { name: "gone", instancesGone: 3 } },
  ]);
});

test("a pool with instances on another machine stays as it is", async () => {
  await stand(other, "green", 4);
  await fallSilent();
  await forget(true);
  expect(await standing()).toMatchObject({ pools: { green: "ready" }, reached: [4] });
});

test("nobody gives up the instances of a worker that is alive, nor by the way those of one that is not", async () => {
  const before = await standing();
  await expect(forget(true)).rejects.toThrow("gone is alive. Stop it first. Nothing was changed.");
  await fallSilent();
  await expect(forget(false)).rejects.toThrow(
    "gone looks after 3 instances. Start it again once and have them end in order, or give them up with it.",
  );
  expect(await standing()).toEqual(before);
});
