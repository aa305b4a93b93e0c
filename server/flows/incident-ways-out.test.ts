import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { makeLive } from "#db/testing/make-live.ts";
import type { Context } from "#server/kernel/context.ts";
import { readInternalFeed } from "#server/services/feed/read-internal-feed.ts";
import { readPublicFeed } from "#server/services/feed/read-public-feed.ts";
import { act } from "#server/services/incidents/act.ts";
import { getIncident } from "#server/services/incidents/list-incidents.ts";
import { openIncident } from "#server/services/incidents/open-incident.ts";
import { thank } from "#server/services/incidents/thank.ts";
import { lookAt, publishUpdate, writeNote } from "#server/services/incidents/write-timeline.ts";
import { saveWriteUp } from "#server/services/incidents/write-up.ts";
import { measureFixes } from "./measure-fixes.ts";
import { readIncidentPage } from "./read-incident-page.ts";
import { readRecoveriesPage } from "./read-recoveries-page.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import { takeAlerts } from "./take-alerts.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** What people do about an incident: look, tell, roll forward, go back, thank and write up. */
let database: TestDatabase;
let it: TestInstallation;
let shas: string[];
let grace: Context;
let bot: Context;
let bad: { deploymentId: number; serviceEnvironmentId: number };
let id: number;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  shas = [await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile, "server.js": "1\n" })];
  for (const n of ["Second", "Third"]) shas.push(await commit(repositoryUrl, n, { "server.js": `${n}\n` }));
  const { sql } = database.client;
  const [row] = await sql`
    insert into users (email, name, role) values ('grace@example.org', 'Grace', 'engineer') returning id::int`;
  const person = { kind: "user", name: "Grace", email: "grace@example.org", role: "engineer" } as const;
  grace = { ...database.ctx, actor: { ...person, id: row?.id } };
  const token = {
    kind: "token",
    id: 7,
    name: "Watcher",
    permissions: ["deploy"],
    services: ["shop"],
  } as const;
  bot = { ...database.ctx, actor: token };
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
  await sql`update services set is_public = true`;
  await sql`update environments set is_shown = true`;
});
afterAll(async () => {
  await database.close();
  await it.close();
});

beforeEach(async () => {
  const { sql } = database.client;
  await sql`delete from incidents`;
  await sql`delete from deployments`;
  await sql`update releases set bad_since = null, bad_reason = null`;
  const live = { service: "shop", environment: "production" };
  await makeLive(database, { ...live, sha: shas[0] ?? "", number: 1, minutesAgo: 60 });
  bad = await makeLive(database, { ...live, sha: shas[1] ?? "", number: 2, minutesAgo: 2 });
  id = (await openIncident(database.ctx, evidence())).id;
});

const evidence = () => ({
  serviceEnvironmentId: bad.serviceEnvironmentId,
  source: "verdict" as const,
  cause: `verdict ${bad.deploymentId}`,
  title: "6.0 % of requests fail, 1.0 % before",
  isSure: true,
  deploymentId: bad.deploymentId,
  releaseId: null as number | null,
  beganAt: new Date(Date.now() - 120_000),
  detectedAt: new Date(),
  slowerThanMs: null,
});
const place = { serviceSlug: "shop", environmentSlug: "production" };
const rollForward = (fixesIncidentId: number, environmentSlug = "production") =>
  requestDeployment(
    grace,
    { ...place, environmentSlug, kind: "roll-forward", sha: shas[2], fixesIncidentId },
    it.installation,
  );
const publicTitles = async () =>
  (await readPublicFeed(database.ctx, { kind: "incident", limit: 10 })).items.map(({ title, state }) => [
    title,
    state,
  ]);
const releaseOf = async (number: number) =>
  (await database.client.sql`select id::int, bad_reason from releases where number = ${number}`)[0];

test("the page says what is known and the ways out, and names nobody beside it", async () => {
  const page = await readIncidentPage(grace, id);
  expect(page.incident.change).toEqual({ deploymentId: bad.deploymentId, releaseNumber: 2 });
  expect(page.ways).toMatchObject({
    usualRollForward: null,
    switchBack: { releaseNumber: 1, isAllowed: true },
  });
  // Ada asked for the deployment and wrote the commit.
  expect(JSON.stringify(page)).not.toMatch(/Ada|ada@/);
  expect(JSON.stringify(await readInternalFeed(grace, { kind: "recovery", limit: 10 }))).not.toMatch(
    /Ada|ada@/,
  );
  await lookAt(grace, id);
  await expect(lookAt(grace, id)).rejects.toThrow("already");
  expect((await readIncidentPage(grace, id)).spottedBy).toBe("Grace");
});

test("a roll-forward says which incident it is to end: what is live is bad from then on, and the page follows", async () => {
  const { sql } = database.client;
  await sql`update incidents set release_id = ${(await releaseOf(2))?.id}`;
  const first = await rollForward(id);
  expect((await releaseOf(2))?.bad_reason).toBe(`Incident ${id} came with it.`);
  const second = await rollForward(id);
  const attempts = (await readIncidentPage(grace, id)).deployments.filter(({ isAttempt }) => isAttempt);
  expect(attempts.map((attempt) => attempt.id)).toEqual([first.id, second.id]);
});

test("where it came with no deployment, rolling forward marks nothing; a switch back pauses and marks as ever", async () => {
  const { sql } = database.client;
  await sql`update incidents set release_id = ${(await releaseOf(2))?.id}, deployment_id = null`;
  await rollForward(id);
  expect((await releaseOf(2))?.bad_reason).toBeNull();
  await sql`update service_environments set automatic_branch = 'main'`;
  const wish = { ...place, kind: "switch-back", fixesIncidentId: id } as const;
  await requestDeployment(grace, wish, it.installation);
  expect((await releaseOf(2))?.bad_reason).toBe("Production was switched back from it.");
  const [paused] = await sql`
    select automation_paused_reason as reason from service_environments where id = ${bad.serviceEnvironmentId}`;
  expect(paused?.reason).toContain("Switched back to #1");
  await sql`update service_environments set automatic_branch = null, automation_paused_at = null`;
});

test("one that is over, or of another place, is no reason to ship anything", async () => {
  await expect(rollForward(id, "staging")).rejects.toThrow("not about this place");
  await act(grace, { incidentId: id, act: "dismiss" });
  await expect(rollForward(id)).rejects.toThrow("is over");
  expect(await database.client.sql`select from deployments where status = 'queued'`).toHaveLength(0);
});

test("nothing of it is public until a person publishes it, and then just that", async () => {
  await writeNote(grace, { incidentId: id, text: "The index is missing." });
  expect(await publicTitles()).toEqual([]);
  await expect(publishUpdate(grace, { incidentId: id, text: "Slow." })).rejects.toThrow("in a sentence");
  await publishUpdate(grace, { incidentId: id, text: "Paying may fail. **Try again** in a minute." });
  expect(await publicTitles()).toEqual([["Paying may fail", "ongoing"]]);
  const { items } = await readPublicFeed(database.ctx, { limit: 10 });
  expect(JSON.stringify(items)).not.toMatch(/6\.0 %|index|Grace|verdict/);
  await act(grace, { incidentId: id, act: "recover" });
  expect(await publicTitles()).toEqual([["Paying may fail", "over"]]);
  await publishUpdate(grace, { incidentId: id, text: "Paying works again for everybody." });
  expect(await publicTitles()).toEqual([["Paying works again for everybody", "over"]]);
});

test("a recovery stands on the wall with its fix, its size and thanks, and its write-up makes it whole", async () => {
  const { sql } = database.client;
  await expect(thank(grace, { incidentId: id })).rejects.toThrow("time for thanks");
  await sql`update incidents set release_id = ${(await releaseOf(2))?.id}, requests = 1000, affected = 60`;
  const fix = await rollForward(id);
  const mitigation = { how: "roll-forward", deploymentId: fix.id, at: new Date() } as const;
  await act(database.ctx, { incidentId: id, act: "recover", source: "rate", mitigation });
  await measureFixes(database.ctx, it.installation, quiet);
  await thank(grace, { incidentId: id, text: "That was quick." });
  const actions = [{ text: "Add an index", ownerId: null, dueOn: null, isDone: true }];
  await saveWriteUp(grace, {
    incidentId: id,
    whatHappened: "So.",
    whatHelped: "",
    whatWeChange: "",
    actions,
  });
  const { cards, bests } = await readRecoveriesPage(grace);
  expect(cards).toHaveLength(1);
  expect(cards[0]).toMatchObject({
    incident: { id, fixLines: 2, fix: { requestedByName: "Grace" } },
    thanks: [{ fromName: "Grace", text: "That was quick." }],
  });
  expect(cards[0]?.badges.map(({ kind }) => kind)).toEqual([
    ...["under-five-minutes", "rolled-forward", "smallest-fix", "wrote-it-up", "never-again"],
  ]);
  expect(bests).toEqual({ fastestId: id, noticedFirstId: null, smallestFixId: id });
  await expect(
    saveWriteUp(grace, {
      incidentId: id,
      whatHappened: "",
      whatHelped: "",
      whatWeChange: "",
      actions: [{ text: "" }],
    }),
  ).rejects.toMatchObject({ field: expect.stringMatching(/^actions\.0\./) });
});

test("an alert joins what goes on, opens what does not, and is over when it says so", async () => {
  const alert = { labels: { alertname: "Slow", service: "shop", env: "production" }, fingerprint: "f" };
  const take = (status: string, ctx = bot, query = {}) =>
    takeAlerts(ctx, { format: "alertmanager", body: { alerts: [{ ...alert, status }] }, ...query });
  expect(await take("firing")).toEqual({ incidents: [id] });
  expect(await take("firing")).toEqual({ incidents: [id] });
  expect(await take("resolved")).toEqual({ incidents: [id] });
  const kinds = (await readIncidentPage(grace, id)).events.map(({ kind }) => kind);
  expect(kinds).toEqual(["opened", "seen-again", "note"]);
  await act(grace, { incidentId: id, act: "recover" });
  expect(await take("resolved")).toEqual({ incidents: [] });
  const [opened] = (await take("firing")).incidents;
  expect(await getIncident(grace, opened ?? 0)).toMatchObject({
    source: "alert",
    state: "open",
    title: "Slow",
  });
  await expect(take("firing", bot, { service: "other" })).rejects.toThrow("not given");
  const nameless = { alerts: [{ status: "firing", labels: {} }] };
  await expect(takeAlerts(bot, { format: "alertmanager", body: nameless })).rejects.toMatchObject({
    field: "service",
  });
  await expect(takeAlerts(bot, { format: "pagerduty", body: {} })).rejects.toMatchObject({ field: "event" });
});

const quiet = new Proxy({} as Parameters<typeof measureFixes>[2], { get: () => () => undefined });
