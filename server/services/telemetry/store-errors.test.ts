import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertRelease, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { ErrorSighting } from "#server/domain/error-sighting.ts";
import { keepCounts } from "./keep-counts.ts";
import { listErrorsOf } from "./list-errors-of.ts";
import { storeBatch } from "./store-batch.ts";
import { mostErrorGroups } from "./store-errors.ts";

let database: TestDatabase;
let rows: TrafficRows;
let newReleaseId: number;
let services = 0;
const minute = Math.floor(Date.now() / 60_000) * 60;
const frame = { file: "src/cart.ts", function: "total", line: 31, isOwn: true };

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  const place = { service: `s${++services}`, environment: "production" };
  rows = await insertServiceEnvironment(database.client.sql, place);
  newReleaseId = await insertRelease(database.client.sql, rows);
});

const sighting = (parts: Partial<ErrorSighting> = {}): ErrorSighting => ({
  ...{ serviceEnvironmentId: rows.serviceEnvironmentId, releaseId: newReleaseId, source: "otlp" },
  ...{ fingerprint: "00000000000000aa", type: "TypeError", message: "no price", frames: [frame] },
  ...{ route: "/checkout", beginsAt: minute, count: 1 },
  ...parts,
});
const store = (errors: ErrorSighting[], counterId = randomUUID(), batch = 1) =>
  storeBatch(database.ctx, { counterId, batch, counts: [], errors });
const listed = (parts: { from?: Date; to?: Date } = {}) =>
  listErrorsOf(database.ctx, {
    serviceEnvironmentId: rows.serviceEnvironmentId,
    releaseId: newReleaseId,
    previousReleaseId: rows.releaseId,
    from: new Date((minute - 1_800) * 1_000),
    to: new Date((minute + 60) * 1_000),
    ...parts,
  });

test("what a batch tells is counted once, by kind and release, with the latest as an example", async () => {
  const counterId = randomUUID();
  const errors = [
    sighting({ count: 3 }),
    sighting({ count: 2, beginsAt: minute - 60, message: "no price at all" }),
    sighting({
      releaseId: rows.releaseId,
      count: 1,
      fingerprint: "00000000000000bb",
      type: "RangeError",
      frames: [],
    }),
  ];
  await Promise.all(Array.from({ length: 6 }, () => store(errors, counterId)));
  await store(errors, counterId);
  const { source, errors: told, total } = await listed();
  expect([source, total]).toEqual(["otlp", 2]);
  expect(told).toMatchObject([
    {
      type: "TypeError",
      message: "no price",
      culprit: "src/cart.ts · total",
      ofNew: 5,
      ofOld: 0,
      isOther: false,
    },
    { type: "RangeError", culprit: null, ofNew: 0, ofOld: 1 },
  ]);
  expect(told[0]?.sample).toEqual({
    message: "no price",
    frames: [frame],
    route: "/checkout",
    releaseId: newReleaseId,
  });
  expect(told[0]?.firstSeenAt).toBe(new Date((minute - 60) * 1_000).toISOString());
  expect(told[0]?.lastSeenAt).toBe(new Date(minute * 1_000).toISOString());
});

test("what a release was the first to tell comes first, and another release brings its own example", async () => {
  const often = { fingerprint: "00000000000000bb", releaseId: rows.releaseId, count: 500 };
  await store([sighting({ ...often, beginsAt: minute - 600 })]);
  await store([
    sighting({ ...often, releaseId: newReleaseId, message: "moved", frames: [{ ...frame, line: 40 }] }),
    sighting({ count: 2 }),
  ]);
  const { errors } = await listed();
  expect(errors.map(({ ofNew, ofOld }) => [ofNew, ofOld])).toEqual([
    [2, 0],
    [500, 500],
  ]);
  expect(errors.map(({ firstReleaseId }) => firstReleaseId)).toEqual([newReleaseId, rows.releaseId]);
  expect(errors[1]?.sample).toMatchObject({
    message: "moved",
    releaseId: newReleaseId,
    frames: [{ line: 40 }],
  });
});

test("of two sources that tell of the same, the more trusted one counts", async () => {
  await store([sighting({ count: 4 }), sighting({ source: "sentry", count: 4 })]);
  const told = await listed();
  expect(told.source).toBe("otlp");
  expect(told.errors).toMatchObject([{ ofNew: 4 }]);
});

test("only what was seen in the time that is asked for counts", async () => {
  await store([sighting({ count: 1, beginsAt: minute - 3_600 }), sighting({ count: 2 })]);
  expect((await listed()).errors).toMatchObject([{ ofNew: 2 }]);
  const hour = { from: new Date((minute - 7_200) * 1_000), to: new Date((minute - 3_540) * 1_000) };
  expect((await listed(hour)).errors).toMatchObject([{ ofNew: 1 }]);
});

test("those who tell of the same kinds in any order hinder none of each other, and none is lost", async () => {
  const kinds = Array.from({ length: 30 }, (_, at) =>
    sighting({ fingerprint: at.toString(16).padStart(16, "0") }),
  );
  await Promise.all(
    Array.from({ length: 8 }, async (_, counter) => {
      for (let batch = 0; batch < 4; batch += 1) await store(counter % 2 === 0 ? kinds : kinds.toReversed());
    }),
  );
  const { errors } = await listed();
  expect(errors).toHaveLength(30);
  expect(errors.every(({ ofNew }) => ofNew === 32)).toBe(true);
});

test("kinds beyond a thousand are counted as others, also where several bring them at once", async () => {
  const kinds = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) =>
      sighting({ fingerprint: (from + at).toString(16).padStart(16, "0"), frames: [] }),
    );
  await store(kinds(0, mostErrorGroups - 10));
  await Promise.all([store(kinds(5_000, 8)), store(kinds(6_000, 8)), store(kinds(7_000, 8))]);
  const [stored] = await database.client.sql`
    select count(*)::int as groups from error_groups where service_environment_id = ${rows.serviceEnvironmentId}`;
  expect(stored?.groups).toBe(mostErrorGroups + 1);
  const { errors, total } = await listed();
  expect(total).toBe(mostErrorGroups + 1);
  expect(errors[0]).toMatchObject({ isOther: true, ofNew: 14, type: "Other errors" });
  // Those that are known go on being told apart.
  await store(kinds(0, 1));
  expect((await listed()).errors.map(({ ofNew }) => ofNew).slice(0, 3)).toEqual([14, 2, 1]);
});

test("what nobody told of for long is forgotten, and a full house makes room", async () => {
  await store([sighting(), sighting({ fingerprint: "00000000000000bb" })]);
  const { sql } = database.client;
  await sql`update error_groups set last_seen_at = now() - interval '36 days'
    where service_environment_id = ${rows.serviceEnvironmentId} and fingerprint like '%bb'`;
  await sql`insert into error_groups (service_environment_id, fingerprint, type, message, source, first_release_id,
      first_seen_at, last_seen_at, sample)
    select ${rows.serviceEnvironmentId}, 'f' || n, 'E', '', 'otlp', 1, now(), now() - n * interval '1 hour', '{}'
    from generate_series(1, 830) as n, generate_series(1, 1)`;
  const count = async () => {
    const [row] = await sql`select count(*)::int as groups from error_groups
      where service_environment_id = ${rows.serviceEnvironmentId}`;
    return row?.groups;
  };
  await keepCounts(database.ctx, { counts: 3, minutes: 35, hours: 400 });
  expect(await count()).toBe(831);
  await sql`insert into error_groups (service_environment_id, fingerprint, type, message, source, first_release_id,
      first_seen_at, last_seen_at, sample)
    select ${rows.serviceEnvironmentId}, 'e' || n, 'E', '', 'otlp', 1, now(), now(), '{}' from generate_series(1, 169) as n`;
  await keepCounts(database.ctx, { counts: 3, minutes: 35, hours: 400 });
  expect(await count()).toBe(mostErrorGroups - 200);
});

test("a service environment that is gone takes what was told of it along, and times that cannot be are put right", async () => {
  await store([
    sighting({ serviceEnvironmentId: 999_999 }),
    sighting({ beginsAt: 1_000 }),
    sighting({ beginsAt: minute * 2 }),
  ]);
  const wide = { from: new Date((minute - 90_000) * 1_000), to: new Date((minute + 3_600) * 1_000) };
  expect((await listed(wide)).errors).toMatchObject([{ ofNew: 2 }]);
  await database.client.sql`delete from service_environments where id = ${rows.serviceEnvironmentId}`;
  const [left] = await database.client.sql`
    select count(*)::int as groups from error_groups where service_environment_id = ${rows.serviceEnvironmentId}`;
  expect(left?.groups).toBe(0);
});
