import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertRelease, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { insightsCsv } from "#server/domain/insight-table.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { listCalmTeams } from "./read-calm.ts";
import { readInsights } from "./read-insights.ts";
import { rollUp } from "./roll-up.ts";

let database: TestDatabase;
let ctx: Context;
let rows: TrafficRows;
let releases: number[];
const now = new Date("2026-06-30T18:00:00Z");

beforeAll(async () => {
  database = await openTestDatabase();
  ctx = { ...database.ctx, now: () => now };
  const { sql } = database.client;
  rows = await insertServiceEnvironment(sql, { service: "shop", environment: "live" });
  await sql`update environments set is_production = slug = 'live'`;
  await sql`insert into teams (name) values ('Checkout')`;
  await sql`update services set team = 'Checkout'`;
  releases = [rows.releaseId];
  for (let more = 0; more < 4; more += 1) {
    releases.push(await insertRelease(sql, { releaseId: releases.at(-1) as number }));
  }
  // May 4: the first one. June 1: one that is switched back from after 30 minutes. June 2, 3 and 10: calm ones.
  await switched("deploy", 0, "2026-05-04T10:00:00Z");
  await switched("deploy", 1, "2026-06-01T10:00:00Z");
  await switched("switch-back", 0, "2026-06-01T10:30:00Z");
  await switched("restart", 0, "2026-06-01T11:00:00Z");
  await switched("promote", 2, "2026-06-02T10:00:00Z");
  await switched("deploy", 3, "2026-06-03T10:00:00Z");
  await switched("deploy", 3, "2026-06-04T10:00:00Z");
  await switched("roll-forward", 4, "2026-06-10T10:00:00Z");
  while ((await rollUp(ctx)) > 0);
});
afterAll(() => database.close());

async function switched(kind: string, release: number, at: string): Promise<void> {
  const releaseId = releases[release] ?? 0;
  await database.client.sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, previous_release_id,
      requested_by_name, switched_at, finished_at)
    values (${rows.serviceEnvironmentId}, ${kind}, 'succeeded', 'abc', 'It', 'Ada', ${releaseId}, (
        select release_id from deployments where service_environment_id = ${rows.serviceEnvironmentId}
        order by switched_at desc limit 1), 'Ada', ${at}, ${at})`;
}

test("June by hand: four changes went live, one of them needed a remedy for half an hour", async () => {
  const june = await readInsights(ctx, { from: "2026-06-01", to: "2026-06-30" });
  expect(june.scope.environment.slug).toBe("live");
  expect(june.total).toMatchObject({
    deployments: 4,
    failed: 1,
    failRate: { share: 0.25 },
    recovery: { n: 1, medianMs: 30 * 60_000, p90Ms: 30 * 60_000 },
    leadTime: { n: 0, medianMs: null },
  });
  expect(june.deploymentsPerDay).toBeCloseTo(4 / 30, 10);
  expect(june.before).toMatchObject({ total: { deployments: 1 } });
  // Of the days before, as far as there was anything: from May 4 on.
  expect(june.before?.deploymentsPerDay).toBeCloseTo(1 / 28, 10);
  expect(june.calm).toEqual({ deployments: 3, sinceDay: "2026-06-01" });
  expect(await listCalmTeams(ctx)).toEqual([{ team: "Checkout", deployments: 3, sinceDay: "2026-06-01" }]);
});

test("months before the first deployment, and those to come, have no data; one without any has none deployed", async () => {
  const year = await readInsights(ctx, { from: "2026-02-01", to: "2026-08-31", team: "Checkout" });
  expect(year.periodUnit).toBe("month");
  expect(year.periods.map(({ deploymentsPerDay }) => deploymentsPerDay)).toEqual([
    null,
    null,
    null,
    expect.closeTo(1 / 28, 10),
    expect.closeTo(4 / 30, 10),
    null,
    null,
  ]);
  expect(year.periods[0]?.figures).toMatchObject({
    deployments: 0,
    failRate: null,
    recovery: { medianMs: null },
  });
  expect(year.before).toBeNull();
  const week = await readInsights(ctx, { from: "2026-06-15", to: "2026-06-21" });
  expect(week).toMatchObject({ deploymentsPerDay: 0, total: { deployments: 0, failRate: null } });
});

test("where nothing has ever been deployed there is no data", async () => {
  await insertServiceEnvironment(database.client.sql, { service: "new", environment: "live" });
  const insights = await readInsights(ctx, { service: "new" });
  expect(insights).toMatchObject({ firstDay: null, deploymentsPerDay: null, before: null });
  expect(insights.calm).toEqual({ deployments: 0, sinceDay: null });
});

test("as a file there is a line for each period, empty where there is no data", async () => {
  const lines = insightsCsv(await readInsights(ctx, { from: "2026-04-01", to: "2026-10-31" })).split("\r\n");
  expect(lines[1]).toMatch(/^"month","2026-04-01","2026-04-30","0","","0","","",/);
  expect(lines[3]).toMatch(/^"month","2026-06-01","2026-06-30","4","0\.1333","1","0\.2500",/);
  expect(lines.at(-2)).toMatch(/^"range","2026-04-01","2026-10-31","5",/);
});

test("what does not exist is refused by name", async () => {
  await expect(readInsights(ctx, { service: "nowhere" })).rejects.toThrow(NotFoundError);
  await expect(readInsights(ctx, { environment: "nowhere" })).rejects.toThrow(NotFoundError);
  await expect(readInsights(ctx, { from: "2026-06-02", to: "2026-06-01" })).rejects.toThrow(ValidationError);
});
