import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertRelease, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { packSlots, slotOf } from "#server/domain/latency-slots.ts";
import type { Context } from "#server/kernel/context.ts";
import { readInsights } from "#server/services/insights/read-insights.ts";
import { TryVerdict } from "./try-verdict.ts";

let database: TestDatabase;
let ctx: Context;
let now: Date;
let rows: TrafficRows;
let service: string;
let services = 0;
/** What is counted has its place by the day. */
const today = new Date().toISOString().slice(0, 10);
const at = (time: string) => `${today}T${time}Z`;

beforeAll(async () => {
  database = await openTestDatabase();
  ctx = { ...database.ctx, now: () => now };
});
afterAll(() => database.close());

beforeEach(async () => {
  const { sql } = database.client;
  service = `s${++services}`;
  rows = await insertServiceEnvironment(sql, { service, environment: "production" });
  await sql`update environments set is_production = true`;
  // Two minutes after a half hour that is over.
  now = new Date(at("12:02:00"));
});

type Served = { releaseId?: number; requests?: number; errors?: readonly [number, number] };

/** Every ten seconds of the half hours from `from` to `to`. */
async function served(from: string, to: string, what: Served = {}) {
  const { releaseId = rows.releaseId, requests = 400, errors = [4, 4] } = what;
  const latency = packSlots([...Array.from({ length: slotOf(40) }, () => 0), requests]);
  for (const half of [0, 1] as const) {
    await database.client.sql`
      insert into request_counts (service_environment_id, source, begins_at, seconds, release_id, route, half, by_share,
        requests, client_errors, server_errors, aborted, strays, latency)
      select ${rows.serviceEnvironmentId}, 'router', at, 10, ${releaseId}, '/', ${half}, false, ${requests}, 0,
        ${errors[half]}, 0, 0, ${latency}
      from generate_series(${from}::timestamptz, ${to}::timestamptz - interval '1 s', '10 s') as at`;
  }
}

async function tryAll(): Promise<void> {
  const trials = new TryVerdict();
  while (await trials.round(ctx));
}

const said = async () => (await readInsights(ctx, { service, from: today, to: today })).verdictTrials;

test("a release that does alike with itself is no false alarm, and each half hour is tried once", async () => {
  await served(at("10:30:00"), at("12:00:00"));
  await Promise.all([tryAll(), tryAll()]);
  await tryAll();
  expect(await said()).toMatchObject({ trials: 1, falseAlarms: 0, noWorse: 1, rate: { share: 0 } });
});

test("it goes on with the next half hour once every router has told of it", async () => {
  await served(at("11:00:00"), at("12:30:00"));
  const trials = new TryVerdict();
  const tryNext = async () => {
    while (await trials.round(ctx));
    return (await said()).trials;
  };
  expect(await tryNext()).toBe(1);
  now = new Date(at("12:30:59"));
  expect(await tryNext()).toBe(1);
  now = new Date(at("12:31:00"));
  expect(await tryNext()).toBe(2);
});

test("one half called worse than the other is a false alarm", async () => {
  await served(at("11:00:00"), at("11:30:00"));
  await served(at("11:30:00"), at("12:00:00"), { errors: [4, 40] });
  await tryAll();
  expect(await said()).toMatchObject({ trials: 1, falseAlarms: 1, noWorse: 0, rate: { share: 1, high: 1 } });
});

test("where two releases were served, or few requests, nothing is tried", async () => {
  await served(at("11:00:00"), at("12:00:00"));
  const other = await insertRelease(database.client.sql, rows);
  await served(at("11:50:00"), at("12:00:00"), { releaseId: other });
  await tryAll();
  expect(await said()).toMatchObject({ trials: 0, rate: null });
  await database.client
    .sql`delete from request_counts where service_environment_id = ${rows.serviceEnvironmentId}`;
  await served(at("11:59:50"), at("12:00:00"), { requests: 99 });
  await tryAll();
  expect((await said()).trials).toBe(0);
});

test("a release that was found worse is left out while it is watched", async () => {
  const { sql } = database.client;
  await served(at("11:00:00"), at("12:00:00"));
  const [deployment] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, requested_by_name,
      finished_at)
    values (${rows.serviceEnvironmentId}, 'deploy', 'succeeded', 'abc', 'Change it', 'Ada', ${rows.releaseId}, 'Ada',
      now())
    returning id`;
  await sql`
    insert into health_reviews (deployment_id, service_environment_id, release_id, opened_at, watch_until, answer)
    values (${deployment?.id}, ${rows.serviceEnvironmentId}, ${rows.releaseId}, ${at("11:20:00")},
      ${at("11:50:00")}, 'worse')`;
  await tryAll();
  expect((await said()).trials).toBe(0);
});
