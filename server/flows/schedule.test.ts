import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { makeLive } from "#db/testing/make-live.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError } from "#server/kernel/errors.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { claim } from "#server/services/deployments/claim.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { registerWorker } from "#server/services/deployments/register-worker.ts";
import { endHold } from "#server/services/services/end-hold.ts";
import { placeHold } from "#server/services/services/place-hold.ts";
import { setConditions } from "#server/services/services/set-conditions.ts";
import { setSuperseding } from "#server/services/services/set-superseding.ts";
import { planDeployment } from "./plan-deployment.ts";
import { readDeploymentPage } from "./read-deployment-page.ts";
import { readQueuePlace } from "./read-queue-place.ts";
import { readWorkersPage } from "./read-workers-page.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import { startDueDeployments, startScheduledNow } from "./start-scheduled.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** What becomes of a deployment for a later time, before, at and after that time. */
let database: TestDatabase;
let it: TestInstallation;
let shas: string[];
let workerId: number;
let ada: Context;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  shas = [await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile })];
  for (const n of ["Second", "Third"]) shas.push(await commit(repositoryUrl, n, { "server.js": n }));
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
  const [row] = await database.client.sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  const person = { kind: "user", name: "Ada", email: "ada@example.org", role: "engineer" } as const;
  ada = { ...database.ctx, actor: { ...person, id: row?.id } };
  ({ id: workerId } = await registerWorker(database.ctx, { name: "one", host: "here", pid: 1, capacity: 9 }));
});
afterAll(async () => {
  await database.close();
  await it.close();
});
beforeEach(async () => {
  await database.client.sql`update pools set release_id = null, deployment_id = null, status = 'empty'`;
  await database.client.sql`update pointers set live_pool = null`;
  await database.client.sql`delete from deployments`;
  await database.client.sql`delete from releases`;
  await database.client.sql`delete from holds`;
  await setConditions(ada, { slug: "shop", environmentSlug: "staging", conditions: [] });
  await setSuperseding(ada, { slug: "shop", environmentSlug: "staging", supersedesWaiting: false });
});

const hourMs = 3_600_000;
const place = { serviceSlug: "shop", environmentSlug: "staging", kind: "deploy" } as const;
const inHours = (hours: number) => new Date(Date.now() + hours * hourMs);
const schedule = async (sha: string | undefined, at = inHours(1), ctx = ada) =>
  (await requestDeployment(ctx, { ...place, sha, scheduledFor: at.toISOString() }, it.installation)).id;
/** As it was asked for two hours ago, for one hour ago. */
const scheduleForThePast = (sha: string | undefined) =>
  schedule(sha, inHours(-1), { ...ada, now: () => inHours(-2) });
const ask = async (sha: string | undefined) =>
  (await requestDeployment(ada, { ...place, sha }, it.installation)).id;
const round = () => startDueDeployments(database.ctx, it.installation, openLogger("test", "silent"));
const read = (id: number) => getDeployment(database.ctx, id);
const queuePlace = async (id: number) => readQueuePlace(database.ctx, await read(id));
const take = () => claim(database.ctx, { workerId });

test.each([
  ["tomorrow", "Give a date and a time with its zone"],
  [new Date(Date.now() - 1_000).toISOString(), "This time is over"],
  [inHours(24 * 91).toISOString(), "At most 90 days ahead"],
])("a time that will not do is refused: %s", async (scheduledFor, words) => {
  const asked = requestDeployment(ada, { ...place, scheduledFor }, it.installation);
  await expect(asked).rejects.toMatchObject({
    field: "scheduledFor",
    message: expect.stringContaining(words),
  });
  const back = { ...place, kind: "switch-back", scheduledFor: inHours(1).toISOString() } as const;
  await makeLive(database, { service: "shop", environment: "staging", sha: shas[0] ?? "", number: 1 });
  await makeLive(database, { service: "shop", environment: "staging", sha: shas[1] ?? "", number: 2 });
  await expect(requestDeployment(ada, back, it.installation)).rejects.toMatchObject({
    field: "scheduledFor",
    message: expect.stringContaining("help never waits"),
  });
});

test("it waits for its time, and nothing waits behind it", async () => {
  const later = await schedule(shas[0]);
  expect(await take()).toBeNull();
  const plan = await planDeployment(ada, { ...place, sha: shas[1] }, it.installation);
  expect(plan.reasons.map(({ text }) => text).join()).not.toContain(`Deployment ${later}`);
  const now = await ask(shas[1]);
  expect(await queuePlace(now)).toMatchObject({ position: 1, ahead: null });
  expect(await read(later)).toMatchObject({ status: "queued", scheduleReachedAt: null });
  await round();
  expect((await take())?.deploymentId).toBe(now);
  expect((await readDeploymentPage(ada, later, it.installation)).waitingFor).toContain("waits for its time");
  const { queue } = await readWorkersPage(ada);
  expect(queue).toMatchObject([
    { id: later, position: null, waitingFor: expect.stringContaining("waits for its time") },
  ]);
});

test("a plan for later is named so, and what may be otherwise by then only warns", async () => {
  await setConditions(ada, {
    ...{ slug: "shop", environmentSlug: "staging" },
    conditions: [{ kind: "ci-green", mayOverride: false }],
  });
  const wish = { ...place, sha: shas[0], scheduledFor: inHours(1).toISOString() };
  const plan = await planDeployment(ada, wish, it.installation);
  expect(plan).toMatchObject({
    actLabel: `Schedule ${shas[0]?.slice(0, 7)} for staging`,
    scheduledFor: wish.scheduledFor,
    isStopped: false,
  });
  expect(plan.reasons).toContainEqual({
    weight: "warns",
    text: expect.stringMatching(/CI has not reported.*Machines look again when its time has come/),
  });
});

test("when its time has come it joins those that wait, once, however many monitors look", async () => {
  const due = await scheduleForThePast(shas[2]);
  const before = await ask(shas[1]);
  await Promise.all([round(), round(), round()]);
  expect((await read(due)).scheduleReachedAt).not.toBeNull();
  const [{ count } = { count: 0 }] = await database.client.sql`
    select count(*)::int from audit_entries
    where action = 'deployments/start-scheduled' and subject = ${`deployment:${due}`}`;
  expect(count).toBe(1);
  // Behind what was asked for before its time came: an older commit must not come after a newer one.
  expect(await queuePlace(due)).toMatchObject({ position: 2, ahead: { id: before } });
  expect((await take())?.deploymentId).toBe(before);
  await database.client
    .sql`update deployments set status = 'failed', finished_at = now() where id = ${before}`;
  expect((await take())?.deploymentId).toBe(due);
});

test("a hold lets it wait until the hold is over, in words", async () => {
  const due = await scheduleForThePast(shas[0]);
  const { id: holdId } = await placeHold(ada, {
    ...{ environmentSlug: "staging", serviceSlug: null, reason: "The big day.", endsAt: inHours(2) },
  });
  await round();
  expect(await read(due)).toMatchObject({ status: "queued", scheduleReachedAt: null });
  const page = await readDeploymentPage(ada, due, it.installation);
  expect(page.waitingFor).toMatch(/^Its time has come, but Staging is held until .*The big day\./);
  await endHold(ada, { holdId });
  await round();
  expect((await read(due)).scheduleReachedAt).not.toBeNull();
});

test("what is newer and live by then cancels it in words; so does a condition that is not met", async () => {
  const older = await scheduleForThePast(shas[0]);
  await makeLive(database, { service: "shop", environment: "staging", sha: shas[1] ?? "", number: 1 });
  await Promise.all([round(), round()]);
  expect(await read(older)).toMatchObject({
    status: "cancelled",
    cancelReason: expect.stringContaining("This commit is 1 older than what is live in Staging."),
  });
  const unmet = await scheduleForThePast(shas[2]);
  await setConditions(ada, {
    ...{ slug: "shop", environmentSlug: "staging" },
    conditions: [{ kind: "ci-green", mayOverride: true }],
  });
  await round();
  expect(await read(unmet)).toMatchObject({
    status: "cancelled",
    cancelReason: expect.stringContaining("CI has not reported"),
  });
});

test("a release that became known bad is not started", async () => {
  await makeLive(database, { service: "shop", environment: "production", sha: shas[2] ?? "", number: 7 });
  const due = await scheduleForThePast(shas[2]);
  await database.client.sql`update releases set bad_since = now(), bad_reason = 'It leaks.' where number = 7`;
  await round();
  expect(await read(due)).toMatchObject({
    status: "cancelled",
    cancelReason: expect.stringContaining("When its time came: It was marked as bad: It leaks."),
  });
});

test("a person starts it now; a machine cannot, and twice is once", async () => {
  const later = await schedule(shas[0]);
  const bot: Context = {
    ...database.ctx,
    actor: { kind: "token", id: 7, name: "Bot", permissions: ["deploy"], services: null },
  };
  const start = (ctx: Context) => startScheduledNow(ctx, { deploymentId: later }, it.installation);
  await expect(start(bot)).rejects.toBeInstanceOf(ForbiddenError);
  const twice = await Promise.allSettled([start(ada), start(ada)]);
  const refused = twice.filter((one) => one.status === "rejected");
  expect(refused.map(({ reason }) => reason)).toEqual([expect.any(ConflictError)]);
  expect((await take())?.deploymentId).toBe(later);
});

test("it can be cancelled, and a switch-back cancels it with why", async () => {
  const first = await schedule(shas[2]);
  await cancel(ada, { deploymentId: first });
  expect(await read(first)).toMatchObject({ status: "cancelled", cancelReason: null });
  await makeLive(database, { service: "shop", environment: "staging", sha: shas[0] ?? "", number: 1 });
  await makeLive(database, { service: "shop", environment: "staging", sha: shas[1] ?? "", number: 2 });
  const second = await schedule(shas[2]);
  await requestDeployment(ada, { ...place, kind: "switch-back" }, it.installation);
  expect(await read(second)).toMatchObject({
    status: "cancelled",
    cancelReason: "Staging was switched back to #1 before its turn.",
  });
});

test("it takes nobody's place before its time, nor does anybody take its place", async () => {
  await setSuperseding(ada, { slug: "shop", environmentSlug: "staging", supersedesWaiting: true });
  const later = await schedule(shas[1]);
  const waiting = await ask(shas[0]);
  const newest = await schedule(shas[2]);
  expect(await read(waiting)).toMatchObject({ status: "queued" });
  expect(await read(later)).toMatchObject({ status: "queued" });
  await database.client.sql`update deployments set scheduled_for = now() - interval '1 hour'
    where id = ${newest}`;
  await round();
  expect(await read(waiting)).toMatchObject({ status: "cancelled", supersededBy: newest });
  expect(await read(later)).toMatchObject({ status: "queued", supersededBy: null });
});
