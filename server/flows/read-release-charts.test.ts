import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertRelease, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { usualKeptDays } from "#server/domain/count-steps.ts";
import { packSlots, slotOf, upperBoundMs } from "#server/domain/latency-slots.ts";
import type { Context } from "#server/kernel/context.ts";
import { storeBatch } from "#server/services/telemetry/store-batch.ts";
import { sumDue } from "#server/services/telemetry/sum-due.ts";
import { type ReleaseView, readReleaseCharts, readReleaseRoutes } from "./read-release-charts.ts";
import { readReleasePage } from "./read-release-page.ts";

let database: TestDatabase;
let ctx: Context;
let rows: TrafficRows;
let slug: string;
let newReleaseId: number;
/** In the middle of a minute, some hours ago. */
let now: Date;
let services = 0;
const installation = { keepCountsDays: usualKeptDays };

beforeAll(async () => {
  database = await openTestDatabase();
  ctx = { ...database.ctx, now: () => now };
});
afterAll(() => database.close());

beforeEach(async () => {
  slug = `s${++services}`;
  rows = await insertServiceEnvironment(database.client.sql, { service: slug, environment: "production" });
  newReleaseId = await insertRelease(database.client.sql, rows);
  now = new Date(Math.floor(Date.now() / 60_000) * 60_000 + 30_000);
});

const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

async function switched(
  at: Date,
  releaseId: number,
  previousId: number | null,
  place = rows,
): Promise<number> {
  const [row] = await database.client.sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, previous_release_id,
      requested_by_name, started_at, switched_at, finished_at)
    select ${place.serviceEnvironmentId}, 'deploy', 'succeeded', sha, subject, 'Ada', id, ${previousId}, 'Ada',
      ${at.toISOString()}, ${at.toISOString()}, ${at.toISOString()} from releases where id = ${releaseId} returning id::int`;
  return row?.id;
}

/** Ten requests in each ten seconds, in both halves together; the last one slow. */
async function served(from: Date, to: Date, releaseId: number, route = "/", latencyMs = 40): Promise<void> {
  const latency = packSlots([...Array.from({ length: slotOf(latencyMs) }, () => 0), 5]);
  await database.client.sql`
    insert into request_counts (service_environment_id, source, begins_at, seconds, release_id, route, half, requests,
      client_errors, server_errors, aborted, strays, latency)
    select ${rows.serviceEnvironmentId}, 'router', at, 10, ${releaseId}, ${route}, half, 5, 0, 1, 0, 0, ${latency}
    from generate_series(${from.toISOString()}::timestamptz, ${to.toISOString()}::timestamptz - interval '1 s', '10 s') as at,
      generate_series(0, 1) as half`;
}

/** As monitors do once it is due. */
async function sum(): Promise<void> {
  const { sql } = database.client;
  await sql`
    insert into sums_due select distinct service_environment_id, source, 60, date_trunc('minute', begins_at), now()
    from request_counts where begins_at < ${ago(2).toISOString()} on conflict do nothing`;
  await sumDue(database.ctx);
  await sql`update sums_due set due_at = now()`;
  await sumDue(database.ctx);
}

const charts = (view: Partial<ReleaseView> = {}) =>
  readReleaseCharts(
    ctx,
    { slug, number: 2, environmentSlug: "production", range: "30m", ...view },
    installation,
  );
const requestsOf = (points: { requests: number }[]) =>
  points.reduce((all, { requests }) => all + requests, 0);

test("a release and the one before it, before and after the switch, at any coarseness the same requests", async () => {
  await switched(ago(400), rows.releaseId, null);
  await switched(ago(90), newReleaseId, rows.releaseId);
  await served(ago(120), ago(90), rows.releaseId);
  await served(ago(90), ago(60), newReleaseId);
  await sum();
  // Half an hour of each, ten requests each ten seconds.
  const all = 30 * 60;
  for (const [range, stepSeconds] of [
    ["30m", 60],
    ["3h", 60],
    ["1d", 600],
    ["1w", 3_600],
  ] as const) {
    const shown = await charts({ range });
    expect(shown.stepSeconds).toBe(stepSeconds);
    expect([requestsOf(shown.ofOld), requestsOf(shown.ofNew)]).toEqual([all, all]);
    expect(shown.previousNumber).toBe(1);
    expect(shown.source).toBe("router");
    expect(Date.parse(shown.to)).toBeLessThanOrEqual(now.getTime());
  }
  const { ofNew, ofOld, from } = await charts();
  expect(ofNew).toHaveLength(31);
  // Half a minute of the release stands in the minute of its switch.
  expect(ofNew[0]).toMatchObject({ at: new Date(ago(90).getTime() - 30_000).toISOString(), requests: 30 });
  expect(ofNew[1]).toMatchObject({ seconds: 60, requests: 60, errors: 12, p99Ms: upperBoundMs(slotOf(40)) });
  expect(ofOld.at(-1)?.at).toBe(ofNew[0]?.at);
  expect(from).toBe(new Date(ago(120).getTime() - 30_000).toISOString());
});

test("the release before is overlaid as it was after its own switch", async () => {
  await switched(ago(300), rows.releaseId, null);
  await switched(ago(90), newReleaseId, rows.releaseId);
  await served(ago(300), ago(280), rows.releaseId);
  await sum();
  const { ofOldAligned, ofOld, ofNew, switchedAt } = await charts();
  expect([ofOld, ofNew]).toEqual([[], []]);
  expect(requestsOf(ofOldAligned)).toBe(20 * 60);
  expect(Date.parse(ofOldAligned[0]?.at ?? "")).toBe(Date.parse(switchedAt ?? "") - 30_000);
});

test("what was counted just now stands at the end, before it is summed", async () => {
  await switched(ago(50), newReleaseId, rows.releaseId);
  await served(ago(20), new Date(now.getTime() - 10_000), newReleaseId);
  await sum();
  const hour = { from: ago(60).getTime() / 1_000, to: now.getTime() / 1_000 };
  const { ofNew, stepSeconds } = await charts({ range: hour });
  expect(stepSeconds).toBe(60);
  // The last minute has begun a moment ago and is not told of yet.
  expect(requestsOf(ofNew)).toBe(19 * 60 + 30);
  const day = { from: ago(12 * 24 * 60).getTime() / 1_000, to: now.getTime() / 1_000 };
  expect(requestsOf((await charts({ range: day })).ofNew)).toBe(20 * 60 - 10);
  const minutes = { from: ago(5).getTime() / 1_000, to: now.getTime() / 1_000 };
  expect(await charts({ range: minutes })).toMatchObject({ stepSeconds: 10 });
});

test("only the switches of this place are marked, and another time of the same release can be looked at", async () => {
  const staging = await insertServiceEnvironment(database.client.sql, {
    service: slug,
    environment: "staging",
  });
  const first = await switched(ago(300), newReleaseId, rows.releaseId);
  await switched(ago(200), rows.releaseId, newReleaseId);
  const second = await switched(ago(100), newReleaseId, rows.releaseId);
  await switched(ago(95), newReleaseId, newReleaseId);
  await switched(ago(99), newReleaseId, rows.releaseId, staging);
  const { switches, switchedAt, endedAt } = await charts();
  expect(switches.map(({ at }) => at)).toEqual([ago(100).toISOString(), ago(95).toISOString()]);
  expect(switches[0]).toMatchObject({ deploymentId: second, kind: "deploy", releaseNumber: 2 });
  expect([switchedAt, endedAt]).toEqual([ago(100).toISOString(), null]);
  expect(await charts({ deploymentId: first })).toMatchObject({
    switchedAt: ago(300).toISOString(),
    endedAt: ago(200).toISOString(),
  });
  const { stints } = await readReleasePage(ctx, { slug, number: 2 });
  expect(stints.map(({ environmentSlug, from, to }) => [environmentSlug, from, to])).toEqual([
    ["staging", ago(99).toISOString(), null],
    ["production", ago(100).toISOString(), null],
    ["production", ago(300).toISOString(), ago(200).toISOString()],
  ]);
});

test("the slowest routes come first, each beside what the release before made of it", async () => {
  await switched(ago(200), newReleaseId, rows.releaseId);
  await served(ago(220), ago(200), rows.releaseId, "/slow", 100);
  await served(ago(200), ago(180), newReleaseId, "/slow", 900);
  await served(ago(200), ago(180), newReleaseId, "/new", 20);
  await sum();
  for (const range of ["30m", "1d"] as const) {
    const routes = await readReleaseRoutes(ctx, { slug, number: 2, environmentSlug: "production", range });
    expect(routes.map(({ route }) => route)).toEqual(["/slow", "/new"]);
    const [slow, other] = routes;
    expect(slow?.ofNew).toMatchObject({ requests: 20 * 60, errors: 240, p95Ms: upperBoundMs(slotOf(900)) });
    expect(slow?.ofOld).toMatchObject({ requests: 20 * 60, p95Ms: upperBoundMs(slotOf(100)) });
    expect(other?.ofOld).toBeNull();
  }
});

test("what is not there is said, and a release that was never switched to has no past", async () => {
  await expect(charts({ number: 3 })).rejects.toThrow("has no release #3");
  await expect(charts({ environmentSlug: "nowhere" })).rejects.toThrow("nowhere");
  const nothing = { switchedAt: null, previousNumber: null, ofNew: [], ofOld: [], switches: [] };
  expect(await charts()).toMatchObject(nothing);
});

test("what a counter tells reaches the charts", async () => {
  await switched(ago(60), newReleaseId, rows.releaseId);
  const beginsAt = Math.floor(ago(40).getTime() / 60_000) * 60;
  const counts = { requests: 7, clientErrors: 0, serverErrors: 2, aborted: 0, strays: 0, latency: [0, 7] };
  const key = { serviceEnvironmentId: rows.serviceEnvironmentId, releaseId: newReleaseId, route: "/" };
  await storeBatch(ctx, {
    counterId: "00000000-0000-4000-8000-000000000001",
    batch: services,
    counts: [{ ...key, ...counts, source: "otlp", half: 0, byShare: false, beginsAt, seconds: 10 }],
  });
  await sumDue(ctx);
  expect(await charts()).toMatchObject({ source: "otlp", ofNew: [{ requests: 7, errors: 2 }] });
});
