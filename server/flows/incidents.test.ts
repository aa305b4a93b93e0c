import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import {
  insertInstance,
  insertRelease,
  insertServiceEnvironment,
  standIn,
  type TrafficRows,
} from "#db/testing/traffic-rows.ts";
import type { Context } from "#server/kernel/context.ts";
import { act } from "#server/services/incidents/act.ts";
import { getIncident, listIncidents, listOngoing } from "#server/services/incidents/list-incidents.ts";
import { readEvents } from "#server/services/incidents/read-details.ts";
import { FollowIncidents } from "./follow-incidents.ts";
import { reactToVerdicts } from "./react-to-verdicts.ts";
import { reportIncident } from "./report-incident.ts";
import { serveRequests } from "./testing/serve-requests.ts";
import { WatchInstances } from "./watch-instances.ts";
import { WatchReleases } from "./watch-releases.ts";

/** A release goes wrong under traffic; the clock is the test's own, and what was counted is written past the routers. */
let database: TestDatabase;
let ctx: Context;
let person: Context;
let now: Date;
let rows: TrafficRows;
let badReleaseId: number;
let fixReleaseId: number;
let services = 0;
let slug: string;
let troubled = false;

beforeAll(async () => {
  database = await openTestDatabase();
  ctx = { ...database.ctx, now: () => now };
  const [user] = await database.client.sql`
    insert into users (name, email, role) values ('Grace', 'grace@example.org', 'engineer') returning id::int`;
  person = {
    ...ctx,
    actor: { kind: "user", id: user?.id, name: "Grace", email: "grace@example.org", role: "engineer" },
  };
});
afterAll(() => database.close());

beforeEach(async () => {
  const { sql } = database.client;
  slug = `s${++services}`;
  await sql`delete from incidents`;
  rows = await insertServiceEnvironment(sql, { service: slug, environment: "production" });
  await sql`update environments set is_production = true`;
  badReleaseId = await insertRelease(sql, rows);
  fixReleaseId = await insertRelease(sql, { releaseId: badReleaseId });
  now = new Date(Math.floor(Date.now() / 10_000) * 10_000);
  troubled = false;
});

const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000);
};

/** Past the verbs: a release took traffic so many seconds ago. */
async function switched(
  secondsAgo: number,
  releaseId: number,
  { kind = "deploy", previousReleaseId = rows.releaseId, name = "Ada" } = {},
): Promise<number> {
  const at = ago(secondsAgo).toISOString();
  const [row] = await database.client.sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, previous_release_id,
      requested_by_name, requested_at, started_at, switched_at, finished_at)
    values (${rows.serviceEnvironmentId}, ${kind}, 'succeeded', 'abc', 'Change it', ${name}, ${releaseId}, ${previousReleaseId},
      ${name}, ${at}, ${at}, ${at}, ${at}) returning id::int`;
  return row?.id;
}

const served = (fromAgo: number, toAgo: number, releaseId: number, requests: number, errors: number) =>
  serveRequests(database.client.sql, {
    ...{ serviceEnvironmentId: rows.serviceEnvironmentId, releaseId, requests, errors },
    ...{ from: ago(fromAgo), to: ago(toAgo) },
  });

const follow = () => new FollowIncidents({ steadySeconds: 120, isTroubled: () => troubled });
const onlyOngoing = async () => {
  const mine = (await listOngoing(ctx)).filter(({ serviceSlug }) => serviceSlug === slug);
  expect(mine).toHaveLength(1);
  return mine[0] ?? expect.fail("none");
};
const kindsOf = async (id: number) => (await readEvents(ctx, [id])).get(id)?.map(({ kind }) => kind);

/** A release that went live a minute ago fails five times as often. */
async function goneWrong(): Promise<number> {
  const id = await switched(60, badReleaseId);
  await served(1_860, 60, rows.releaseId, 20, 0);
  await served(60, 0, badReleaseId, 20, 5);
  await new WatchReleases().round(ctx);
  await reactToVerdicts(ctx);
  return id;
}

test("a release that is worse than the time before opens a suspected incident, once, and names nobody", async () => {
  const deploymentId = await goneWrong();
  await reactToVerdicts(ctx);
  const incident = await onlyOngoing();
  expect(incident).toMatchObject({
    state: "suspected",
    source: "verdict",
    title: "25.0 % of requests fail, 0.0 % before",
    change: { deploymentId, releaseNumber: 2 },
    publishedAt: null,
    fix: null,
  });
  expect(JSON.stringify(incident)).not.toContain("Ada");
  expect(await kindsOf(incident.id)).toEqual(["opened"]);
  const lines = await database.client.sql`select kind from feed_items where incident_id = ${incident.id}`;
  expect(lines).toHaveLength(0);
});

test("side by side it is sure: what was suspected is open from then on, and the team reads of it", async () => {
  const deploymentId = await goneWrong();
  const { id } = await onlyOngoing();
  await database.client.sql`
    update health_reviews set outcome = jsonb_set(outcome, '{control}', '"controlled"') where deployment_id = ${deploymentId}`;
  await reactToVerdicts(ctx);
  await reactToVerdicts(ctx);
  expect((await onlyOngoing()).state).toBe("open");
  expect(await kindsOf(id)).toEqual(["opened", "confirmed"]);
  const lines = await database.client.sql`select kind, state from feed_items where incident_id = ${id}`;
  expect([...lines]).toEqual([{ kind: "recovery", state: "opened" }]);
});

test("what is over, or was none, is not opened again for the same deployment", async () => {
  await goneWrong();
  const { id } = await onlyOngoing();
  await act(person, { incidentId: id, act: "dismiss" });
  await reactToVerdicts(ctx);
  expect(
    (await listIncidents(ctx, { serviceSlug: slug, limit: 10 })).items.map(({ state }) => state),
  ).toEqual(["dismissed"]);
});

test("rolled forward, users are well at once, and recovered after two good minutes", async () => {
  const bad = await goneWrong();
  const { id } = await onlyOngoing();
  later(60);
  await served(60, 0, badReleaseId, 20, 5);
  const following = follow();
  await following.round(ctx);
  expect(await getIncident(ctx, id)).toMatchObject({ state: "suspected", requests: 2_300 });
  const fix = await switched(0, fixReleaseId, {
    kind: "roll-forward",
    previousReleaseId: badReleaseId,
    name: "Bo",
  });
  const fixedAt = now.toISOString();
  later(10);
  await served(10, 0, fixReleaseId, 20, 0);
  await following.round(ctx);
  expect(await getIncident(ctx, id)).toMatchObject({
    state: "mitigated",
    mitigation: "roll-forward",
    mitigatedAt: fixedAt,
    fix: { deploymentId: fix, releaseNumber: 3 },
  });
  later(100);
  await served(100, 0, fixReleaseId, 20, 0);
  await following.round(ctx);
  expect((await getIncident(ctx, id)).state).toBe("mitigated");
  later(20);
  await served(20, 0, fixReleaseId, 20, 0);
  // A monitor that begins anew comes to the same.
  await follow().round(ctx);
  const recovered = await getIncident(ctx, id);
  expect(recovered).toMatchObject({
    state: "recovered",
    recoverySource: "rate",
    change: { deploymentId: bad },
  });
  const counted = (Date.parse(recovered.recoveredAt ?? "") - Date.parse(recovered.beganAt)) / 1_000;
  expect(recovered.requests).toBe(counted * 20);
  // 600 of them failed, and hardly any would have.
  expect(recovered.affected).toBeGreaterThan(590);
  expect(recovered.affected).toBeLessThanOrEqual(600);
  expect(await kindsOf(id)).toEqual(["opened", "mitigated", "recovered"]);
  const lines = await database.client.sql`select kind, state from feed_items where incident_id = ${id}`;
  expect([...lines]).toEqual([{ kind: "recovery", state: "recovered" }]);
});

test("a fix that does not help is no way out; the next one is", async () => {
  await goneWrong();
  const { id } = await onlyOngoing();
  const following = follow();
  await switched(0, fixReleaseId, { kind: "roll-forward" });
  later(20);
  await served(20, 0, fixReleaseId, 20, 5);
  await following.round(ctx);
  expect((await getIncident(ctx, id)).state).toBe("suspected");
  const back = await switched(0, rows.releaseId, { kind: "switch-back" });
  later(20);
  await served(20, 0, rows.releaseId, 20, 0);
  await following.round(ctx);
  expect(await getIncident(ctx, id)).toMatchObject({ state: "mitigated", fix: { deploymentId: back } });
  later(20);
  await served(20, 0, rows.releaseId, 20, 8);
  await following.round(ctx);
  expect(await getIncident(ctx, id)).toMatchObject({ state: "open", mitigation: null, fix: null });
});

test("what goes by itself is over by itself, and no recovery to tell of where it was only suspected", async () => {
  await goneWrong();
  const { id } = await onlyOngoing();
  const following = follow();
  later(130);
  await served(130, 0, badReleaseId, 20, 0);
  await following.round(ctx);
  expect(await getIncident(ctx, id)).toMatchObject({ state: "recovered", mitigation: "itself", fix: null });
  expect(await database.client.sql`select from feed_items where incident_id = ${id}`).toHaveLength(0);
});

test("with little traffic a person says so, and instances that are not well keep it open", async () => {
  await goneWrong();
  const { id } = await onlyOngoing();
  const following = follow();
  later(200);
  await following.round(ctx);
  expect((await getIncident(ctx, id)).state).toBe("suspected");
  await served(200, 0, badReleaseId, 20, 0);
  troubled = true;
  later(10);
  await served(10, 0, badReleaseId, 20, 0);
  await follow().round(ctx);
  expect((await getIncident(ctx, id)).state).toBe("suspected");
  await act(person, { incidentId: id, act: "recover" });
  expect(await getIncident(ctx, id)).toMatchObject({ recoverySource: "person", mitigation: "person" });
  await expect(act(person, { incidentId: id, act: "recover" })).rejects.toThrow("It is over already.");
});

test("a person opens one in one click, tied to no deployment; evidence joins it and may tie it", async () => {
  const { sql } = database.client;
  await standIn(sql, rows, { pool: "blue", releaseId: badReleaseId });
  await sql`update pointers set live_pool = 'blue' where service_environment_id = ${rows.serviceEnvironmentId}`;
  const report = { serviceSlug: slug, environmentSlug: "production" };
  const { id } = await reportIncident(person, report);
  expect(await reportIncident(person, { ...report, text: "Nobody can pay." })).toEqual({ id });
  expect(await onlyOngoing()).toMatchObject({
    state: "open",
    source: "person",
    change: null,
    releaseNumber: 2,
  });
  await goneWrong();
  // It began after the switch that the verdict is about.
  expect(await onlyOngoing()).toMatchObject({ id, change: { releaseNumber: 2 } });
  expect(await kindsOf(id)).toEqual(["opened", "seen-again"]);
});

test("a regression that began before the switch is not the deployment's", async () => {
  const { sql } = database.client;
  await standIn(sql, rows, { pool: "blue", releaseId: rows.releaseId });
  await sql`update pointers set live_pool = 'blue' where service_environment_id = ${rows.serviceEnvironmentId}`;
  now = ago(300);
  await reportIncident(person, { serviceSlug: slug, environmentSlug: "production" });
  later(300);
  await goneWrong();
  expect((await onlyOngoing()).change).toBeNull();
});

test("instances that end again and again open one; an old deployment is not blamed", async () => {
  const { sql } = database.client;
  const deploymentId = await switched(3_600, badReleaseId);
  await standIn(sql, rows, { pool: "blue", releaseId: badReleaseId });
  await sql`update pools set deployment_id = ${deploymentId} where service_environment_id = ${rows.serviceEnvironmentId}`;
  await sql`update pointers set live_pool = 'blue' where service_environment_id = ${rows.serviceEnvironmentId}`;
  await insertInstance(sql, { ...rows, releaseId: badReleaseId }, { pool: "blue", port: 1 });
  const flapping = await insertInstance(sql, { ...rows, releaseId: badReleaseId }, { pool: "blue", port: 2 });
  const watching = new WatchInstances();
  for (const restarts of [0, 1, 2]) {
    await sql`update instances set restarts = ${restarts} where id = ${flapping}`;
    await watching.round(ctx);
    later(10);
  }
  expect(await listOngoing(ctx)).toEqual([]);
  await sql`update instances set restarts = 3, status = 'restarting' where id = ${flapping}`;
  await watching.round(ctx);
  await watching.round(ctx);
  expect(await onlyOngoing()).toMatchObject({
    ...{ state: "suspected", source: "instances", title: "Instances end again and again" },
    ...{ change: null, releaseNumber: 2 },
  });
  expect(watching.isTroubled(rows.serviceEnvironmentId)).toBe(true);
  // Nobody is served by what is left.
  await sql`update instances set status = 'unhealthy' where service_environment_id = ${rows.serviceEnvironmentId}`;
  await watching.round(ctx);
  later(20);
  await watching.round(ctx);
  expect((await onlyOngoing()).state).toBe("open");
});
