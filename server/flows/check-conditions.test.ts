import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Condition, FactState, ReportedFact } from "#server/domain/conditions.ts";
import type { Actor } from "#server/kernel/context.ts";
import { ForbiddenError, ValidationError } from "#server/kernel/errors.ts";
import { reportFact } from "#server/services/conditions/report-fact.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { recordRelease } from "#server/services/pipeline/record-release.ts";
import { setConditions } from "#server/services/services/set-conditions.ts";
import type { Wish } from "./find-deployment-target.ts";
import { listCommitsToDeploy } from "./list-commits-to-deploy.ts";
import { markRelease } from "./mark-release.ts";
import { planDeployment } from "./plan-deployment.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import {
  commit,
  git,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** A service with two releases, of which the second serves staging and both have served production. */
let database: TestDatabase;
let it: TestInstallation;
let repositoryUrl: string;
let first: string;
let second: string;
let ada: Actor;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const [row] = await database.client.sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  ada = { kind: "user", id: row?.id, name: "Ada", email: "ada@example.org", role: "engineer" };
  repositoryUrl = join(it.open, "shop");
  first = await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile });
  second = await commit(repositoryUrl, "Second", { "server.js": "2" });
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
  for (const [index, sha] of [first, second].entries()) await release(sha, index + 1);
  await makeLive("production", 1, "blue");
  await makeLive("production", 2, "green");
  await makeLive("staging", 2, "blue");
});
afterAll(async () => {
  await database.close();
  await it.close();
});
beforeEach(() => ask([]));

const production = { serviceSlug: "shop", environmentSlug: "production" } as const;
const mustBe = (kind: Condition["kind"]): Condition => ({ kind, mayOverride: false });
const mayBe = (kind: Condition["kind"]): Condition => ({ kind, mayOverride: true });
const ask = (conditions: Condition[]) =>
  setConditions(database.ctx, { slug: "shop", environmentSlug: "production", conditions });
const report = (sha: string, fact: ReportedFact, state: FactState) =>
  reportFact(database.ctx, { serviceSlug: "shop", sha, fact, state });
const plan = (wish: Partial<Wish>) =>
  planDeployment(
    { ...database.ctx, actor: ada },
    { ...production, kind: "deploy", ...wish },
    it.installation,
  );
const request = (wish: Partial<Wish>) =>
  requestDeployment(
    { ...database.ctx, actor: ada },
    { ...production, kind: "deploy", ...wish },
    it.installation,
  );
/** Asks for the newest release, and something happens when all is read and nothing is written yet. */
function requestWhile(change: () => Promise<unknown>): Promise<unknown> {
  const { db } = database.ctx;
  const transaction: typeof db.transaction = async (...work) => {
    await change();
    return db.transaction(...work);
  };
  const ctx = { ...database.ctx, actor: ada, db: Object.create(db, { transaction: { value: transaction } }) };
  return requestDeployment(ctx, { ...production, kind: "deploy", sha: second }, it.installation);
}
const found = async (wish: Partial<Wish>) => (await plan(wish)).conditions?.checked[0];

async function release(sha: string, number: number): Promise<void> {
  const [service] = await database.client.sql`select id::int from services where slug = 'shop'`;
  await recordRelease(database.ctx, {
    serviceId: service?.id,
    commit: { sha, subject: `Release ${number}`, authorName: "Ada Example", committedAt: new Date() },
    settingsFile: { release: { start: "node server.js" } },
    artifact: { digest: String(number).repeat(64), bytes: 1_000, fileCount: 2 },
  });
}

/** As a worker leaves it: a succeeded deployment, its pool ready, the pointer moved. */
async function makeLive(environment: string, number: number, pool: "blue" | "green"): Promise<void> {
  const { sql } = database.client;
  const [place] = await sql`select se.id::int, r.id::int as release, r.sha from service_environments se
    join environments e on e.id = se.environment_id join releases r on r.service_id = se.service_id
    where e.slug = ${environment} and r.number = ${number}`;
  const [deployment] = await sql`insert into deployments
    (service_environment_id, kind, status, sha, subject, author_name, release_id, pool, requested_by_name,
     started_at, switched_at, finished_at)
    values (${place?.id}, 'deploy', 'succeeded', ${place?.sha}, 'It', 'Ada', ${place?.release}, ${pool}, 'Ada',
     now() - interval '9 seconds', now(), now()) returning id`;
  await sql`update pools set status = 'ready', release_id = ${place?.release}, deployment_id = ${deployment?.id}
    where service_environment_id = ${place?.id} and color = ${pool}`;
  await sql`update pointers set live_pool = ${pool}, generation = generation + 1
    where service_environment_id = ${place?.id}`;
}

/** A commit with this message on a branch beside main; main is what stands in the folder afterwards. */
async function commitBeside(branch: string, message: string): Promise<string> {
  await git(repositoryUrl, "checkout", "--quiet", "-b", branch);
  const sha = await commit(repositoryUrl, message, {});
  await git(repositoryUrl, "checkout", "--quiet", "main");
  return sha;
}

test("where nothing is set nothing is asked, and nothing is shown", async () => {
  expect((await plan({ sha: second })).conditions).toBeNull();
});

test("a commit of a side branch is not on main, until it is merged", async () => {
  await ask([mustBe("on-branch")]);
  expect(await found({ sha: second })).toMatchObject({ state: "met", detail: "It is on main." });
  const beside = await commitBeside("side", "Beside");
  // A tag of the branch's name must not stand in for the branch.
  await git(repositoryUrl, "tag", "main", beside);
  const planned = await plan({ sha: beside });
  expect(planned).toMatchObject({
    isStopped: true,
    conditions: { areAsked: true, overrideLabel: null, checked: [{ state: "not-met" }] },
  });
  const words = "Production asks for a commit of the default branch. It is not on main.";
  expect(planned.reasons).toContainEqual({ weight: "stops", text: words });
  await expect(request({ sha: beside })).rejects.toThrow(words);
  await git(repositoryUrl, "tag", "--delete", "main");
  await git(repositoryUrl, "merge", "--quiet", "--ff-only", "side");
  const { id } = await request({ sha: beside });
  expect((await getDeployment(database.ctx, id)).conditions).toMatchObject([{ state: "met" }]);
});

test("a commit that was taken off main is not taken from an old copy of it", async () => {
  const head = (await git(repositoryUrl, "rev-parse", "HEAD")).trim();
  const taken = await commit(repositoryUrl, "Taken off again", {});
  await ask([mustBe("on-branch")]);
  expect(await found({ sha: taken })).toMatchObject({ state: "met" });
  await git(repositoryUrl, "reset", "--quiet", "--hard", head);
  await expect(request({ sha: taken })).rejects.toThrow("It is not on main.");
});

test("a review counts as reported; a message that names a reviewer does not", async () => {
  await ask([mustBe("reviewed")]);
  const named = await commit(repositoryUrl, "Mine\n\nReviewed-by: Grace Example <g@example.org>", {});
  expect(await found({ sha: named })).toMatchObject({ state: "unknown" });
  await report(named, "reviewed", "passed");
  expect(await found({ sha: named })).toMatchObject({ state: "met", byName: "test" });
});

test("a machine is stopped by what is not met, and cannot override it", async () => {
  await ask([mayBe("ci-green")]);
  const sha = await commit(repositoryUrl, "Bump by the bot", {});
  await report(sha, "ci", "failed");
  const bot = { kind: "token", id: 7, name: "Bot", permissions: ["deploy"], services: null } as const;
  const byBot = (overrideReason?: string) =>
    requestDeployment(
      { ...database.ctx, actor: bot },
      { ...production, kind: "deploy", sha, overrideReason },
      it.installation,
    );
  await expect(byBot()).rejects.toMatchObject({ name: "ValidationError", field: null });
  await expect(byBot("A good reason, surely.")).rejects.toBeInstanceOf(ForbiddenError);
});

test("the newest report of CI counts, and is told without waiting for anybody", async () => {
  await ask([mustBe("ci-green")]);
  expect(await found({ sha: second })).toMatchObject({ state: "unknown" });
  await report(second, "ci", "pending");
  await expect(request({ sha: second })).rejects.toThrow(
    "Production asks for green CI. CI is still running.",
  );
  await report(second, "ci", "passed");
  expect(await plan({ sha: second })).toMatchObject({ isStopped: false });
  await report(second, "ci", "failed");
  expect(await found({ sha: second })).toMatchObject({ state: "not-met", detail: "CI has failed." });
  const list = await listCommitsToDeploy(database.ctx, { ...production, limit: 50 }, it.installation);
  expect(list.items.find((item) => item.sha === second)?.ci).toBe("failed");
  expect(list.items.find((item) => item.sha === first)?.ci).toBeNull();
});

test("a promote and a roll-forward are asked by the release's commit and where it goes", async () => {
  await ask([mustBe("ci-green")]);
  await report(second, "ci", "failed");
  for (const wish of [{ kind: "promote" }, { kind: "roll-forward", sha: second }] as const) {
    await expect(request(wish)).rejects.toThrow("CI has failed.");
  }
  const staging = await plan({ environmentSlug: "staging", sha: second });
  expect(staging.conditions).toBeNull();
});

test("without a reason it is refused at its field; with one it goes, and both are recorded", async () => {
  await ask([mayBe("ci-green"), mayBe("reviewed")]);
  await report(second, "ci", "failed");
  await report(second, "reviewed", "passed");
  const planned = await plan({ sha: second });
  expect(planned).toMatchObject({
    isStopped: true,
    conditions: { overrideLabel: `Deploy ${second.slice(0, 7)} to production without green CI` },
  });
  const attempt = request({ sha: second });
  await expect(attempt).rejects.toBeInstanceOf(ValidationError);
  await expect(attempt).rejects.toMatchObject({ field: "overrideReason" });
  const tooShort = request({ sha: second, overrideReason: "  because " });
  await expect(tooShort).rejects.toMatchObject({
    field: "overrideReason",
    message: expect.stringMatching(/10/),
  });

  const overrideReason = "  CI's own disk is full; the tests passed here.\n";
  const { id } = await request({ sha: second, overrideReason, overridden: ["ci-green"] });
  const recorded = await getDeployment(database.ctx, id);
  expect(recorded).toMatchObject({
    overrideReason: overrideReason.trim(),
    conditions: [
      { kind: "reviewed", state: "met", mayOverride: true, byName: "test" },
      { kind: "ci-green", state: "not-met", mayOverride: true, detail: "CI has failed.", byName: null },
    ],
  });
  expect(recorded.reasons).toContainEqual({
    weight: "warns",
    text: "Production asks for green CI. CI has failed. It is deployed all the same, with a reason.",
  });
  const [entry] = await database.client.sql`select after from audit_entries
    where subject = ${`deployment:${id}`} and action = 'deployments/request'`;
  expect(entry?.after).toMatchObject({
    overrideReason: overrideReason.trim(),
    conditions: recorded.conditions,
  });

  await report(second, "ci", "passed");
  await ask([]);
  expect((await getDeployment(database.ctx, id)).conditions).toEqual(recorded.conditions);

  await database.client.sql`update deployments set status = 'failed', finished_at = now() where id = ${id}`;
  const names = (await getDeployment(database.ctx, id)).conditions.map((condition) => condition.byName);
  expect(names).toEqual([null, null]);
});

test("a reason is for what its writer saw, and is not kept where nothing was overridden", async () => {
  await ask([mayBe("ci-green"), mayBe("reviewed")]);
  await report(second, "ci", "failed");
  await report(second, "reviewed", "failed");
  const overrideReason = "The review is wrong about this one.";
  await expect(request({ sha: second, overrideReason, overridden: ["reviewed"] })).rejects.toThrow(
    "CI has failed.",
  );
  await report(second, "ci", "passed");
  await report(second, "reviewed", "passed");
  const { id } = await request({ sha: second, overrideReason });
  expect(await getDeployment(database.ctx, id)).toMatchObject({ overrideReason: null });
});

test("a release that is marked as bad is brought back by nobody but a person who says why", async () => {
  await ask([]);
  const mark = (badReason: string | null) =>
    markRelease(database.ctx, { serviceSlug: "shop", releaseNumber: 2, badReason });
  await mark("It loses orders.");
  expect(await plan({ sha: second })).toMatchObject({
    isStopped: true,
    reasons: expect.arrayContaining([
      {
        weight: "stops",
        text: "It was marked as bad: It loses orders. A person can deploy it all the same by saying why.",
        mayOverride: true,
      },
    ]),
    conditions: {
      overrideLabel: `Deploy ${second.slice(0, 7)} to production although it is marked as bad`,
    },
  });
  const overrideReason = "The orders are safe: it was the shop's own disk.";
  await expect(request({ sha: second })).rejects.toThrow("It was marked as bad");
  await expect(request({ sha: second, overrideReason, overridden: ["ci-green"] })).rejects.toThrow("as bad");
  const { id } = await request({ sha: second, overrideReason, overridden: ["not-bad"] });
  expect(await getDeployment(database.ctx, id)).toMatchObject({ overrideReason, overridden: ["not-bad"] });
  await mark(null);
  expect(await plan({ sha: second })).toMatchObject({ conditions: null });
  await expect(requestWhile(() => mark("It is slow."))).rejects.toThrow("has just changed");
  await mark(null);
});

test("who switches back leaves a bad release, unless they say otherwise", async () => {
  const before = await plan({ kind: "switch-back" });
  const isBad = async () => {
    const [row] = await database.client
      .sql`select bad_reason from releases where id = ${before.live?.id ?? 0}`;
    return row?.bad_reason;
  };
  await request({ kind: "switch-back", markBad: false });
  expect(await isBad()).toBeNull();
  await request({ kind: "switch-back" });
  expect(await isBad()).toBe("Production was switched back from it.");
  await markRelease(database.ctx, {
    ...{ serviceSlug: "shop", releaseNumber: before.live?.number ?? 0, badReason: null },
  });
});

test("what may not be overridden stops it, whatever the reason", async () => {
  await ask([mustBe("ci-green"), mayBe("reviewed")]);
  await report(second, "ci", "failed");
  const overrideReason = "I really want it to go.";
  await expect(request({ sha: second, overrideReason })).rejects.toMatchObject({
    message: "Production asks for green CI. CI has failed.",
    field: null,
  });
});

test("what changes while the repository is read stops it: nothing is recorded that was not asked", async () => {
  await report(second, "ci", "passed");
  const changes = [
    () => ask([mustBe("ci-green")]),
    () => ask([mustBe("reviewed")]),
    () => ask([mayBe("ci-green")]),
    () => report(second, "ci", "failed"),
    () => report(second, "ci", "passed"),
  ];
  for (const [index, change] of changes.entries()) {
    await ask(index === 0 ? [] : [mustBe("ci-green")]);
    if (index === 4) await report(second, "ci", "passed");
    await expect(requestWhile(change)).rejects.toThrow("has just changed");
  }
  await expect(requestWhile(async () => undefined)).resolves.toMatchObject({ serviceSlug: "shop" });
});

test("a switch-back is never stopped: nothing is even asked", async () => {
  await ask([mustBe("ci-green"), mustBe("reviewed"), mustBe("on-branch")]);
  await report(first, "ci", "failed");
  expect(await plan({ kind: "switch-back" })).toMatchObject({
    isStopped: false,
    commit: { sha: first },
    conditions: { areAsked: false, checked: [] },
  });
  const { id } = await request({ kind: "switch-back" });
  expect(await getDeployment(database.ctx, id)).toMatchObject({ conditions: [], overrideReason: null });
});

test("where the repository is away, what an old copy does not know stays unknown", async () => {
  await ask([mayBe("on-branch")]);
  const beside = await commitBeside("away", "Away");
  await found({ sha: beside });
  const moved = join(it.open, "moved");
  await rename(repositoryUrl, moved);
  await expect(request({ sha: beside })).rejects.toThrow(
    "The repository could not say whether it is on main.",
  );
  const { id } = await request({ sha: beside, overrideReason: "The Git host is down, and this is the fix." });
  expect(await getDeployment(database.ctx, id)).toMatchObject({
    conditions: [{ kind: "on-branch", state: "unknown" }],
  });
});
