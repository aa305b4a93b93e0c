import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { makeLive } from "#db/testing/make-live.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { reportFact } from "#server/services/conditions/report-fact.ts";
import { endHold } from "#server/services/services/end-hold.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { pauseAutomation, resumeAutomation } from "#server/services/services/pause-automation.ts";
import { placeHold } from "#server/services/services/place-hold.ts";
import { setConditions } from "#server/services/services/set-conditions.ts";
import { refreshWaitingCommits } from "./count-waiting-commits.ts";
import { lookForReleases } from "./look-for-releases.ts";
import { promoteSoaked } from "./promote-soaked.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import { setAutomation } from "./set-automation.ts";
import {
  commit,
  git,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** What machines deploy by themselves, and what they leave alone. */
let database: TestDatabase;
let it: TestInstallation;
let repositoryUrl: string;
let ada: Context;
let count = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const [row] = await database.client.sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  const person = { kind: "user", name: "Ada", email: "ada@example.org", role: "engineer" } as const;
  ada = { ...database.ctx, actor: { ...person, id: row?.id } };
});
afterAll(async () => {
  await database.close();
  await it.close();
});
/** A service and a repository of its own for each test. */
let slug: string;
beforeEach(async () => {
  await database.client.sql`delete from holds`;
  await database.client.sql`delete from services`;
  count += 1;
  slug = `shop-${count}`;
  repositoryUrl = join(it.open, slug);
  await push("First", { "anytime.yaml": settingsFile });
  await registerService(database.ctx, { slug, name: slug, repositoryUrl }, it.installation);
});

const push = (subject: string, files: Record<string, string> = {}) =>
  commit(repositoryUrl, subject, { "server.js": subject, ...files });
const here = (environmentSlug = "staging") => ({ slug, environmentSlug });
const follow = (branch: string | null = "main") =>
  setAutomation(ada, { ...here(), branch, promotesAfterMinutes: null }, it.installation);
const promoteAfter = (minutes: number | null) =>
  setAutomation(ada, { ...here("production"), branch: null, promotesAfterMinutes: minutes }, it.installation);
const refresh = () =>
  refreshWaitingCommits(database.ctx, it.installation, {
    logger: openLogger("test", "silent"),
    signal: new AbortController().signal,
  });
const automation = async (environmentSlug = "staging") =>
  environmentOf(await getService(database.ctx, slug), environmentSlug).automation;
const asked = async (): Promise<string[]> => {
  const rows = await database.client.sql`
    select d.sha, e.slug, d.requested_by_name as by from deployments d
      join service_environments se on se.id = d.service_environment_id
      join environments e on e.id = se.environment_id join services s on s.id = se.service_id
    where s.slug = ${slug} and d.requested_by_name <> 'Ada' order by d.id`;
  return rows.map(({ sha, slug, by }) => `${sha} to ${slug} by ${by}`);
};
const byItself = (sha: string) => `${sha} to staging by Automatic deployment`;
const finish = (status: "failed" | "succeeded") =>
  database.client.sql`update deployments set status = ${status}, finished_at = now()
    where status in ('queued', 'running')`;
const switchBack = () =>
  requestDeployment(
    ada,
    { serviceSlug: slug, environmentSlug: "staging", kind: "switch-back" },
    it.installation,
  );

test("turned on, it deploys the newest that is not live, once, however many monitors look; then each new one", async () => {
  const first = await push("Second");
  await refresh();
  expect(await asked()).toEqual([]);
  await follow();
  await Promise.all([refresh(), refresh(), refresh()]);
  expect(await asked()).toEqual([byItself(first)]);
  expect((await automation()).note).toBe(`${first.slice(0, 7)} is on its way.`);
  await finish("failed");
  await refresh();
  await refresh();
  expect(await asked()).toEqual([byItself(first)]);
  expect((await automation()).note).toContain("failed here. The next one goes by itself");
  const second = await push("Third");
  await refresh();
  expect(await asked()).toEqual([byItself(first), byItself(second)]);
});

test("what is live is left alone, whoever deployed it", async () => {
  const sha = await push("Second");
  await makeLive(database, { service: slug, environment: "staging", sha, number: 1 });
  await follow();
  await refresh();
  expect(await asked()).toEqual([]);
  expect((await automation()).note).toBe(`${sha.slice(0, 7)}, the newest, is live.`);
});

/** As the monitor writes it down of what is live. */
const foundWorse = (sql: TestDatabase["client"]["sql"], isNoticeable = true) => sql`
  insert into health_reviews (deployment_id, service_environment_id, release_id, opened_at, watch_until, answer, outcome)
  select d.id, d.service_environment_id, d.release_id, now(), now(), 'worse', ${JSON.stringify({ isNoticeable })}::text::jsonb
  from deployments d
    join service_environments se on se.id = d.service_environment_id
    join services s on s.id = se.service_id and s.slug = ${slug}
  where d.release_id is not null
  on conflict (deployment_id) do update set outcome = excluded.outcome`;

test("nothing is put by itself on top of what was found worse: a person ships the fix, and then it goes on", async () => {
  const { sql } = database.client;
  await makeLive(database, {
    ...{ service: slug, environment: "staging", number: 1 },
    sha: await push("Second"),
  });
  await foundWorse(sql);
  await follow();
  const next = await push("Third");
  await refresh();
  expect(await asked()).toEqual([]);
  expect((await automation()).note).toBe(
    "#1, which is live, was found worse than what was before: the next one goes by a person.",
  );
  await foundWorse(sql, false);
  await refresh();
  expect(await asked()).toEqual([byItself(next)]);
});

test("it waits for a condition, says so, and goes on by itself once that is met", async () => {
  await setConditions(ada, { ...here(), conditions: [{ kind: "ci-green", mayOverride: true }] });
  await follow();
  const sha = await push("Second");
  await refresh();
  expect(await asked()).toEqual([]);
  expect((await automation()).note).toBe(`${sha.slice(0, 7)} waits: CI has not reported on this commit.`);
  await reportFact(database.ctx, { serviceSlug: slug, sha, fact: "ci", state: "passed", url: null });
  await refresh();
  expect(await asked()).toEqual([byItself(sha)]);
});

test("a hold stops it while it lasts, and no longer", async () => {
  await follow();
  const { id: holdId } = await placeHold(ada, {
    ...{ environmentSlug: "staging", serviceSlug: null, reason: "The big day." },
    endsAt: new Date(Date.now() + 3_600_000),
  });
  const sha = await push("Second");
  await refresh();
  expect(await asked()).toEqual([]);
  expect((await automation()).note).toMatch(/waits: Staging is held until .*The big day\./);
  await endHold(ada, { holdId });
  await refresh();
  expect(await asked()).toEqual([byItself(sha)]);
});

test("of a monorepo, only commits that touch the service count", async () => {
  const touching = await push("Second", {
    "anytime.yaml": `path: services/shop\nalso: [packages/shared]\n${settingsFile}`,
    "services/shop/server.js": "1",
  });
  await push("Elsewhere", { "services/other/server.js": "1" });
  await follow();
  await refresh();
  expect(await asked()).toEqual([byItself(touching)]);
  const shared = await push("Shared", { "packages/shared/index.js": "1" });
  await refresh();
  expect(await asked()).toEqual([byItself(touching), byItself(shared)]);
});

test("a branch of its own is followed, and one that is gone is said to be", async () => {
  await git(repositoryUrl, "checkout", "--quiet", "-b", "next");
  const sha = await push("Next");
  await git(repositoryUrl, "checkout", "--quiet", "main");
  await follow("next");
  await refresh();
  expect(await asked()).toEqual([byItself(sha)]);
  await git(repositoryUrl, "branch", "--quiet", "-D", "next");
  await refresh();
  expect((await automation()).note).toBe("The repository has no commit for it on next.");
});

test("what was switched away from never comes back by itself: not while paused, and not once resumed", async () => {
  const good = await push("Good");
  await makeLive(database, { service: slug, environment: "staging", sha: good, number: 1 });
  const bad = await push("Bad");
  await makeLive(database, { service: slug, environment: "staging", sha: bad, number: 2 });
  await follow();
  await switchBack();
  expect(await automation()).toMatchObject({
    pausedReason: "Switched back to #1; automatic deployments wait until somebody resumes them.",
  });
  await makeLive(database, { service: slug, environment: "staging", sha: good, number: 1 });
  await refresh();
  await refresh();
  const newer = await push("Newer");
  await refresh();
  expect(await asked()).toEqual([]);
  await git(repositoryUrl, "reset", "--quiet", "--hard", bad);
  await resumeAutomation(ada, here());
  await refresh();
  expect(await asked()).toEqual([]);
  expect((await automation()).note).toContain("was live here before");
  await git(repositoryUrl, "reset", "--quiet", "--hard", newer);
  await refresh();
  expect(await asked()).toEqual([byItself(newer)]);
});

test("a switch-back and a look at the same moment: what was asked for by itself is cancelled, or never asked for", async () => {
  const good = await push("Good");
  await makeLive(database, { service: slug, environment: "staging", sha: good, number: 1 });
  const bad = await push("Bad");
  await makeLive(database, { service: slug, environment: "staging", sha: bad, number: 2 });
  for (let n = 0; n < 3; n += 1) {
    await follow(null);
    await follow();
    await push(`Newer ${n}`);
    await Promise.all([refresh(), refresh(), switchBack()]);
    expect((await automation()).pausedAt).not.toBeNull();
    const [left] = await database.client.sql`
      select count(*)::int from deployments where status = 'queued' and requested_by_name = 'Automatic deployment'
        and service_environment_id in (select se.id from service_environments se
          join services s on s.id = se.service_id where s.slug = ${slug})`;
    expect(left?.count).toBe(0);
    await finish("failed");
  }
});

test("a switch-back pauses nothing where nothing is deployed by itself", async () => {
  for (const [index, name] of ["Good", "Bad"].entries()) {
    const sha = await push(name);
    await makeLive(database, { service: slug, environment: "staging", sha, number: index + 1 });
  }
  await switchBack();
  expect((await automation()).pausedAt).toBeNull();
});

test("a person pauses and resumes; a machine does not, and twice is refused", async () => {
  const bot: Context = {
    ...database.ctx,
    actor: { kind: "token", id: 7, name: "Bot", permissions: ["deploy"], services: null },
  };
  await expect(pauseAutomation(ada, here())).rejects.toBeInstanceOf(ConflictError);
  await follow();
  await expect(pauseAutomation(bot, here())).rejects.toBeInstanceOf(ForbiddenError);
  await pauseAutomation(ada, here());
  expect(await automation()).toMatchObject({ pausedReason: "Paused by Ada." });
  await push("Second");
  await refresh();
  expect(await asked()).toEqual([]);
  await expect(lookForReleases(ada, here(), it.installation)).rejects.toThrow("It is paused");
  await expect(resumeAutomation(bot, here())).rejects.toBeInstanceOf(ForbiddenError);
  await resumeAutomation(ada, here());
  await expect(resumeAutomation(ada, here())).rejects.toBeInstanceOf(ConflictError);
  await lookForReleases(ada, here(), it.installation);
  expect(await asked()).toHaveLength(1);
});

test.each<[string, Partial<Parameters<typeof setAutomation>[1]>]>([
  ["branch", { branch: "no-such-branch" }],
  ["promotesAfterMinutes", { branch: "main", promotesAfterMinutes: 5 }],
  ["promotesAfterMinutes", { environmentSlug: "staging", branch: null, promotesAfterMinutes: 5 }],
  ["promotesAfterMinutes", { branch: null, promotesAfterMinutes: 0 }],
  ["promotesAfterMinutes", { branch: null, promotesAfterMinutes: 1.5 }],
  ["promotesAfterMinutes", { branch: null, promotesAfterMinutes: 10_081 }],
])("a wrong %s is refused: %j", async (field, wrong) => {
  const wish = { ...here("production"), branch: null, promotesAfterMinutes: null, ...wrong };
  await expect(setAutomation(ada, wish, it.installation)).rejects.toMatchObject({
    name: "ValidationError",
    field,
  });
  const nowhere = { ...here("nowhere"), branch: null, promotesAfterMinutes: null };
  await expect(setAutomation(ada, nowhere, it.installation)).rejects.toBeInstanceOf(NotFoundError);
});

/** As it is after a deployment to staging so many minutes ago. */
const live = async (minutesAgo: number, number = 1) => {
  const sha = await push(`Release ${number}`);
  const { deploymentId } = await makeLive(database, {
    ...{ service: slug, environment: "staging", sha, number, minutesAgo },
  });
  return { sha, deploymentId };
};
const promote = () => promoteSoaked(database.ctx, it.installation);

test("what has been good for long enough is promoted, once, however many monitors look", async () => {
  await promoteAfter(30);
  await promote();
  expect((await automation("production")).note).toBe("Nothing is live in Staging yet.");
  await live(12);
  await promote();
  expect(await asked()).toEqual([]);
  expect((await automation("production")).note).toBe("#1 has been good in Staging for 12 of 30 min.");
  const { sha } = await live(31, 2);
  await Promise.all([promote(), promote(), promote()]);
  const promoted = [`${sha} to production by Continuous delivery`];
  expect(await asked()).toEqual(promoted);
  await finish("failed");
  await promote();
  expect(await asked()).toEqual(promoted);
});

type Happening = (sql: TestDatabase["client"]["sql"], deploymentId: number) => Promise<unknown>;

test.each<[string, Happening]>([
  [
    "It was marked as bad: It leaks.",
    (sql) => sql`update releases set bad_since = now(), bad_reason = 'It leaks.'
    from services s where s.id = service_id and s.slug = ${slug}`,
  ],
  ["had to be restarted (2 times).", (sql) => sql`update instances set restarts = 2`],
  ["1 of 1 instances in Staging are not healthy.", (sql) => sql`update instances set status = 'restarting'`],
  ["No instance of it serves in Staging.", (sql) => sql`update instances set status = 'ended'`],
  [
    "it was not verified in Staging.",
    (sql, id) => sql`update steps set status = 'failed' where deployment_id = ${id}`,
  ],
  [
    "its deployment to Staging failed.",
    (sql, id) => sql`update deployments set status = 'failed' where id = ${id}`,
  ],
])("it is not promoted where something speaks against it: %s", async (words, happen) => {
  await promoteAfter(30);
  const { deploymentId } = await live(60);
  await happen(database.client.sql, deploymentId);
  await promote();
  expect(await asked()).toEqual([]);
  expect((await automation("production")).note).toContain(words);
});

/** What the router counted in staging of a release, each ten seconds of these minutes ago. */
const counted = (number: number, [from, to]: [number, number], errors: number) => database.client.sql`
  insert into request_counts (service_environment_id, source, begins_at, seconds, release_id, route, half, requests,
    client_errors, server_errors, aborted, strays)
  select se.id, 'router', at, 10, r.id, '/', 0, 200, 0, ${errors}, 0, 0
  from services s join service_environments se on se.service_id = s.id
    join environments e on e.id = se.environment_id and e.slug = 'staging'
    join releases r on r.service_id = s.id and r.number = ${number},
    generate_series(now() - ${from} * interval '1 minute', now() - ${to + 0.1} * interval '1 minute', '10 s') as at
  where s.slug = ${slug}`;

test.each([
  ["does worse in staging than what was before is not promoted", 20, 0],
  ["does as well is", 2, 1],
])("what %s", async (_, errors, promoted) => {
  const { sql } = database.client;
  await promoteAfter(30);
  await live(90, 1);
  const { deploymentId } = await live(40, 2);
  await sql`update deployments set previous_release_id =
    (select r.id from releases r join services s on s.id = service_id where slug = ${slug} and number = 1)
    where id = ${deploymentId}`;
  await counted(1, [69, 40], 2);
  await counted(2, [40, 11], errors);
  await promote();
  expect(await asked()).toHaveLength(promoted);
  const { note } = await automation("production");
  if (promoted === 0) expect(note).toBe("#2 is not promoted: it does worse in Staging than what was before.");
});

test("nothing older than what is live is promoted, nor while it is paused", async () => {
  const { sha } = await live(60);
  const newer = await push("Newer");
  await makeLive(database, { service: slug, environment: "production", sha: newer, number: 2 });
  await promoteAfter(30);
  await promote();
  expect(await asked()).toEqual([]);
  expect((await automation("production")).note).toBe(
    "#1 is older than #2, which is live here. Machines never go back.",
  );
  await pauseAutomation(ada, here("production"));
  await makeLive(database, { service: slug, environment: "production", sha, number: 1 });
  await live(60, 3);
  await promote();
  expect(await asked()).toEqual([]);
});
