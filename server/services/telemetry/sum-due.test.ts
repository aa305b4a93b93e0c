import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { unpackSlots } from "#server/domain/latency-slots.ts";
import { type CountRow, noRequests } from "#server/domain/request-counts.ts";
import { allRoutes, mostRoutes, otherRoutes } from "#server/domain/route-template.ts";
import { signalSources } from "#server/domain/signal-source.ts";
import { inTransaction } from "#server/kernel/context.ts";
import { chooseSource } from "./choose-source.ts";
import { keepCounts } from "./keep-counts.ts";
import { readBuckets } from "./read-buckets.ts";
import { storeBatch } from "./store-batch.ts";
import { sumDue } from "./sum-due.ts";

let database: TestDatabase;
let serviceEnvironmentId: number;
let services = 0;
/** Some hours ago, so that what is counted there is due at once. */
let hour: number;

beforeAll(async () => {
  database = await openTestDatabase();
  hour = (Math.floor(Date.now() / 3_600_000) - 5) * 3_600;
});
afterAll(() => database.close());
beforeEach(async () => {
  const place = { service: `s${++services}`, environment: "production" };
  ({ serviceEnvironmentId } = await insertServiceEnvironment(database.client.sql, place));
});

const row = (counts: Partial<CountRow>): CountRow => ({
  ...{ serviceEnvironmentId, source: "router", releaseId: 1, route: "/", half: 0, byShare: false },
  ...{ beginsAt: hour, seconds: 10 },
  ...noRequests(),
  ...counts,
});
const store = (counts: CountRow[]) => storeBatch(database.ctx, { counterId: randomUUID(), batch: 1, counts });

/** Hours come with a delay, which is no matter here. */
async function sumAll(): Promise<void> {
  await sumDue(database.ctx);
  await database.client.sql`
    update sums_due set due_at = now() where ctid in (select ctid from sums_due for update skip locked)`;
  await sumDue(database.ctx);
}

/** By source, release, and time of the unit, over all routes. */
async function sumsOf(table: string, unit: "minute" | "hour", routes: "all" | "each"): Promise<unknown[]> {
  const { sql } = database.client;
  const isRaw = table === "request_counts";
  const rows = await sql<{ latency: string }[]>`
    select source, release_id::int as release, date_trunc(${unit}, begins_at) as at, sum(requests)::int as requests,
      sum(client_errors)::int as "clientErrors", sum(server_errors)::int as "serverErrors", sum(aborted)::int as aborted,
      sum(strays)::int as strays, sum(latency)::text as latency
    from ${sql(table)}
    where service_environment_id = ${serviceEnvironmentId}
      ${isRaw ? sql`` : routes === "all" ? sql`and route = ${allRoutes}` : sql`and route <> ${allRoutes}`}
    group by 1, 2, 3 order by 1, 2, 3`;
  return rows.map(({ latency, ...rest }) => ({ ...rest, latency: unpackSlots(latency) }));
}

async function expectSumsToBeRight(): Promise<void> {
  const [minutes, hours] = [
    await sumsOf("request_counts", "minute", "all"),
    await sumsOf("request_counts", "hour", "all"),
  ];
  expect(minutes.length).toBeGreaterThan(0);
  for (const routes of ["all", "each"] as const) {
    expect(await sumsOf("request_minutes", "minute", routes)).toEqual(minutes);
    expect(await sumsOf("request_hours", "hour", routes)).toEqual(hours);
  }
}

const count = fc.nat({ max: 1_000 });
const someRow = fc.record({
  source: fc.constantFrom(...signalSources),
  releaseId: fc.nat({ max: 2 }),
  route: fc.constantFrom("/", "/orders/:id", otherRoutes, ""),
  half: fc.constantFrom(0, 1),
  byShare: fc.boolean(),
  second: fc.nat({ max: 3 * 3_600 - 1 }),
  seconds: fc.constantFrom(1, 10),
  ...{ requests: count, clientErrors: count, serverErrors: count, aborted: count, strays: count },
  latency: fc.array(count, { maxLength: 193 }),
});

test("sums by the minute and by the hour are those of what was counted, histograms too, whatever comes when", async () => {
  await fc.assert(
    fc
      .asyncProperty(
        fc.array(fc.array(someRow, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 5 }),
        async (batches) => {
          for (const batch of batches) {
            await store(
              batch.map(({ second, ...counts }) =>
                row({
                  ...counts,
                  half: counts.half as 0 | 1,
                  beginsAt: hour + second - (second % counts.seconds),
                }),
              ),
            );
            await sumAll();
          }
          await expectSumsToBeRight();
        },
      )
      .beforeEach(async () => {
        await database.client.sql`delete from request_counts`;
        await database.client.sql`delete from request_minutes`;
        await database.client.sql`delete from request_hours`;
      }),
    { numRuns: 25, seed: 7 },
  );
});

test("several monitors at once, while several counters add to the same minutes, miss nothing", async () => {
  let isCounting = true;
  const monitors = Array.from({ length: 3 }, async () => {
    while (isCounting) await sumAll();
  });
  await Promise.all(
    Array.from({ length: 4 }, async (_, counter) => {
      for (let turn = 0; turn < 30; turn += 1) {
        await store(
          Array.from({ length: 12 }, (_, minute) =>
            row({
              beginsAt: hour + 600 * minute,
              requests: 1,
              latency: [0, counter + 1],
              releaseId: turn % 2,
            }),
          ),
        );
      }
    }),
  );
  isCounting = false;
  await Promise.all(monitors);
  await sumAll();
  await expectSumsToBeRight();
});

test("what is still being stored while a monitor sums is summed when it is there", async () => {
  await store([row({ requests: 1, latency: [1] })]);
  await inTransaction(database.ctx, async (transaction) => {
    const counts = [row({ requests: 2, latency: [2], route: "/late" })];
    await storeBatch(transaction, { counterId: randomUUID(), batch: 1, counts });
    await sumDue(database.ctx);
  });
  await sumAll();
  await expectSumsToBeRight();
});

test("a minute that goes on is summed when it is over", async () => {
  const now = Math.floor(Date.now() / 1_000);
  await store([row({ beginsAt: now, seconds: 1, requests: 1 })]);
  await sumDue(database.ctx);
  expect(await sumsOf("request_minutes", "minute", "all")).toEqual([]);
  const [due] = await database.client.sql`
    select extract(epoch from due_at - begins_at)::int as seconds from sums_due
    where service_environment_id = ${serviceEnvironmentId}`;
  expect(due?.seconds).toBeGreaterThan(60);
});

test("the most used routes stand for themselves, and the rest together", async () => {
  const routes = Array.from({ length: mostRoutes + 20 }, (_, index) =>
    row({ route: `/${index}`, requests: 10 + index }),
  );
  await store([...routes, row({ route: otherRoutes, requests: 5_000 })]);
  await sumAll();
  const { sql } = database.client;
  for (const table of ["request_minutes", "request_hours"]) {
    const rows = await sql<{ route: string; requests: number }[]>`
      select route, requests::int from ${sql(table)}
      where service_environment_id = ${serviceEnvironmentId} and route <> ${allRoutes} order by requests desc`;
    expect(rows).toHaveLength(mostRoutes + 1);
    expect(rows[0]).toEqual({ route: otherRoutes, requests: 5_000 + 20 * 10 + (20 * 19) / 2 });
    expect(rows.at(-1)?.requests).toBe(30);
  }
  await expectSumsToBeRight();
});

test("what is not kept as fine as it came any more is read by the minute, and its source is still known", async () => {
  await store([row({ source: "otlp", requests: 4, serverErrors: 1, latency: [0, 4] })]);
  await sumAll();
  const place = { serviceEnvironmentId, from: new Date(hour * 1_000), to: new Date((hour + 60) * 1_000) };
  const read = () => readBuckets(database.ctx, { ...place, source: "otlp" });
  expect(await read()).toMatchObject([{ seconds: 10, requests: 4 }]);
  await database.client.sql`delete from request_counts`;
  const bucket = { beginsAt: hour, seconds: 60, releaseId: 1, byShare: false };
  expect(await read()).toEqual([{ ...bucket, requests: 4, errors: 1, latency: [0, 4] }]);
  expect(await chooseSource(database.ctx, place)).toBe("otlp");
});

test("days whose time is over are dropped, each kind after its own, and none that was not summed yet", async () => {
  const { sql } = database.client;
  const partitions = async () => {
    const rows = await sql<{ name: string }[]>`
      select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
      where inhparent in ('request_counts'::regclass, 'request_minutes'::regclass, 'request_hours'::regclass,
        'error_counts'::regclass)`;
    return new Set(rows.map(({ name }) => name));
  };
  const nameOf = (table: string, daysAgo: number) => {
    const digits = new Date(Date.now() - daysAgo * 86_400_000).toISOString().replaceAll("-", "");
    return `${table}_${digits.slice(0, table === "request_hours" ? 6 : 8)}`;
  };
  for (const days of [4, 5, 40, 500]) await sql`select open_counts(now() - ${days} * interval '1 day')`;
  await sql`
    insert into request_counts (service_environment_id, source, begins_at, seconds, release_id, route, half, requests,
      client_errors, server_errors, aborted, strays)
    values (${serviceEnvironmentId}, 'router', now() - interval '5 days', 10, 1, '/', 0, 7, 0, 0, 0, 0)`;
  await sql`
    insert into sums_due select service_environment_id, 'router', 60, date_trunc('minute', begins_at), now() + interval '1 hour'
    from request_counts where begins_at < now() - interval '4 days'`;
  const days = { counts: 3, minutes: 35, hours: 400 };
  expect(await keepCounts(database.ctx, days)).toEqual({ droppedPartitions: 8 });
  const kept = await partitions();
  for (const [table, daysAgo] of [
    ...[0, -1].flatMap((day) => [["request_counts", day] as const, ["request_minutes", day] as const]),
    ["request_hours", 0] as const,
    ["request_counts", 5] as const,
    ["request_minutes", 5] as const,
    ["error_counts", 5] as const,
    ["request_hours", 40] as const,
  ]) {
    expect(kept).toContain(nameOf(table, daysAgo));
  }
  for (const [table, daysAgo] of [
    ["request_counts", 4],
    ["request_counts", 40],
    ["request_minutes", 40],
    ["error_counts", 40],
    ["request_counts", 500],
    ["request_hours", 500],
  ] as const) {
    expect(kept).not.toContain(nameOf(table, daysAgo));
  }
  await sql`update sums_due set due_at = now()`;
  await sumDue(database.ctx);
  await sql`delete from sums_due`;
  expect(await keepCounts(database.ctx, days)).toEqual({ droppedPartitions: 1 });
  const [sum] = await sql`
    select requests::int from request_minutes where route = '' and service_environment_id = ${serviceEnvironmentId}`;
  expect(sum?.requests).toBe(7);
});
