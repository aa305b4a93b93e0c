import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { unpackSlots } from "#server/domain/latency-slots.ts";
import { type CountRow, noRequests } from "#server/domain/request-counts.ts";
import { storeBatch } from "./store-batch.ts";

let database: TestDatabase;
let serviceEnvironmentId: number;
let services = 0;
const nowSeconds = Math.floor(Date.now() / 1_000);

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  const place = { service: `s${++services}`, environment: "production" };
  ({ serviceEnvironmentId } = await insertServiceEnvironment(database.client.sql, place));
});

const row = (counts: Partial<CountRow>): CountRow => ({
  ...{ serviceEnvironmentId, source: "router", releaseId: 1, route: "/", half: 0, byShare: false },
  ...{ beginsAt: nowSeconds, seconds: 1 },
  ...noRequests(),
  ...counts,
});
const store = (counterId: string, batch: number, counts: CountRow[]) =>
  storeBatch(database.ctx, { counterId, batch, counts });

async function stored() {
  const rows = await database.client.sql<
    { source: string; beginsAt: number; requests: number; latency: string }[]
  >`
    select source, extract(epoch from begins_at)::float8 as "beginsAt", requests, latency::text from request_counts
    where service_environment_id = ${serviceEnvironmentId} order by begins_at, source`;
  return rows.map(({ latency, ...rest }) => ({ ...rest, latency: unpackSlots(latency) }));
}

test("each batch of a counter is stored once, however often and at once it is sent", async () => {
  const counterId = randomUUID();
  const counts = [row({ requests: 3, latency: [0, 2, 1] })];
  await Promise.all(Array.from({ length: 8 }, () => store(counterId, 1, counts)));
  await store(counterId, 1, counts);
  expect(await stored()).toEqual([
    { source: "router", beginsAt: nowSeconds, requests: 3, latency: [0, 2, 1] },
  ]);
  await store(counterId, 2, [row({ requests: 2, latency: [1, 0, 0, 1] })]);
  await store(counterId, 1, counts);
  expect(await stored()).toMatchObject([{ requests: 5, latency: [1, 2, 1, 1] }]);
  await store(randomUUID(), 1, counts);
  expect(await stored()).toMatchObject([{ requests: 8, latency: [1, 4, 2, 1] }]);
});

test("counters that add to the same rows in any order hinder none of each other, and none is lost", async () => {
  const rows = Array.from({ length: 40 }, (_, index) =>
    row({ requests: 1, latency: [1], route: `/${index}` }),
  );
  await Promise.all(
    Array.from({ length: 8 }, async (_, counter) => {
      const counterId = randomUUID();
      for (let batch = 1; batch <= 5; batch += 1) {
        await store(counterId, batch, counter % 2 === 0 ? rows : rows.toReversed());
      }
    }),
  );
  const all = await stored();
  expect(all).toHaveLength(40);
  expect(all.every(({ requests }) => requests === 40)).toBe(true);
});

test("what sources count stands apart, and a service environment that is gone takes nothing with it", async () => {
  await store(randomUUID(), 1, [
    row({ requests: 1 }),
    row({ requests: 2, source: "otlp" }),
    row({ requests: 4, serviceEnvironmentId: 999_999 }),
  ]);
  expect(await stored()).toMatchObject([
    { source: "otlp", requests: 2 },
    { source: "router", requests: 1 },
  ]);
});

test("times that cannot be are put down to the nearest that can, without losing one", async () => {
  await store(randomUUID(), 1, [
    row({ beginsAt: 1_000, requests: 1 }),
    row({ beginsAt: 2_000, requests: 2 }),
    row({ beginsAt: nowSeconds + 1_000_000, requests: 4 }),
  ]);
  const [past, future] = await stored();
  expect(past?.requests).toBe(3);
  expect(nowSeconds - (past?.beginsAt ?? 0)).toBeLessThanOrEqual(86_460);
  expect(future?.requests).toBe(4);
  expect((future?.beginsAt ?? 0) - nowSeconds).toBeLessThan(120);
});

test("a day that nobody made room for is made room for", async () => {
  const { sql } = database.client;
  const partitions = await sql<{ name: string }[]>`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'request_counts'::regclass`;
  for (const { name } of partitions) await sql`drop table ${sql(name)}`;
  await store(randomUUID(), 1, [row({ requests: 1 }), row({ requests: 2, beginsAt: nowSeconds - 86_000 })]);
  expect((await stored()).map(({ requests }) => requests)).toEqual([2, 1]);
});
