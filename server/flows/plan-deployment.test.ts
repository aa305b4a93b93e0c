import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import type { Actor } from "#server/kernel/context.ts";
import { ConflictError, ValidationError } from "#server/kernel/errors.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { recordRelease } from "#server/services/pipeline/record-release.ts";
import { listCommitsToDeploy } from "./list-commits-to-deploy.ts";
import { planDeployment } from "./plan-deployment.ts";
import { registerService } from "./register-service.ts";
import { removeService } from "./remove-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import { commit, openInstallation, type TestInstallation } from "./testing/open-installation.ts";

/** One service with three commits; #1 is made of the first and serves both environments, #2 of the second staging. */
let database: TestDatabase;
let it: TestInstallation;
const shas: string[] = [];
const settings = (instances: number) =>
  `build: make\nrelease:\n  start: node server.js\n  instances: ${instances}\n`;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  shas.push(await commit(repositoryUrl, "First", { "anytime.yaml": settings(1) }));
  shas.push(await commit(repositoryUrl, "Second", { "server.js": "2" }));
  shas.push(await commit(repositoryUrl, "Third", { "anytime.yaml": settings(3) }));
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
  await release(1);
  await release(2);
  await makeLive("production", 1, "blue");
  await makeLive("staging", 1, "blue");
  await makeLive("staging", 2, "green");
});
afterAll(async () => {
  await database.close();
  await it.close();
});

const shop = { serviceSlug: "shop" };
const ada = { kind: "user", id: 1, name: "Ada", email: "ada@example.org", role: "engineer" } as const;
const plan = (wish: Omit<Parameters<typeof planDeployment>[1], "serviceSlug">, actor: Actor = ada) =>
  planDeployment({ ...database.ctx, actor }, { ...shop, ...wish }, it.installation);

async function release(number: number): Promise<void> {
  const [service] = await database.client.sql`select id::int from services where slug = 'shop'`;
  await recordRelease(database.ctx, {
    serviceId: service?.id,
    commit: {
      sha: shas[number - 1] ?? "",
      subject: ["First", "Second"][number - 1] ?? "",
      authorName: "Ada Example",
      committedAt: new Date(),
    },
    settingsFile: { build: "make", release: { start: "node server.js", instances: 1 } },
    artifact: { digest: String(number).repeat(64), bytes: 1_000, fileCount: 2 },
  });
}

/** As a worker leaves it: a succeeded deployment with its steps, its pool ready, the pointer moved. */
async function makeLive(environment: string, number: number, pool: "blue" | "green"): Promise<void> {
  const { sql } = database.client;
  const [place] = await sql`select se.id::int, r.id::int as release from service_environments se
    join environments e on e.id = se.environment_id join releases r on r.service_id = se.service_id
    where e.slug = ${environment} and r.number = ${number}`;
  const [deployment] = await sql`insert into deployments
    (service_environment_id, kind, status, sha, subject, author_name, release_id, pool, requested_by_name,
     started_at, switched_at, finished_at)
    values (${place?.id}, 'deploy', 'succeeded', ${shas[number - 1] ?? ""}, 'It', 'Ada', ${place?.release}, ${pool},
     'Ada', now() - interval '10 seconds', now(), now()) returning id`;
  await sql`insert into steps (deployment_id, position, name, status, started_at, ended_at) values
    (${deployment?.id}, 1, 'checkout', 'succeeded', now() - interval '10 seconds', now() - interval '9 seconds'),
    (${deployment?.id}, 2, 'start', 'succeeded', now() - interval '3 seconds', now() - interval '2 seconds'),
    (${deployment?.id}, 3, 'verify', 'succeeded', now() - interval '2 seconds', now() - interval '1 second')`;
  await sql`update pools set status = 'ready', release_id = ${place?.release}, deployment_id = ${deployment?.id}
    where service_environment_id = ${place?.id} and color = ${pool}`;
  await sql`update pointers set live_pool = ${pool}, generation = generation + 1
    where service_environment_id = ${place?.id}`;
}

const texts = (planned: DeploymentPlan) =>
  planned.reasons.map((reason) => `${reason.weight}: ${reason.text}`);
const skipped = (planned: DeploymentPlan) =>
  planned.steps.filter((step) => step.skip !== null).map((step) => step.name);

test("a new commit: what goes live, what changes in the settings, how long it takes", async () => {
  const planned = await plan({ environmentSlug: "staging", kind: "deploy", sha: shas[2] });
  expect(planned).toMatchObject({
    actLabel: `Deploy ${shas[2]?.slice(0, 7)} to staging`,
    commit: { subject: "Third" },
    release: null,
    live: { number: 2, pool: "green", byName: "Ada" },
    goingLive: { total: 1, commits: [{ subject: "Third" }] },
    goingAway: { total: 0 },
    settingsFrom: "file",
    settingsChanges: [{ key: "instances", before: "1", after: "3" }],
    expected: { sampleCount: 2 },
    isStopped: false,
  });
  expect(planned.expected.p90Ms).toBeCloseTo(10_000, -2);
  expect(planned.steps.find((step) => step.name === "start")?.expectedMs).toBeCloseTo(1_000, -1);
  expect(skipped(planned)).toEqual(["test", "migrate"]);
  expect(texts(planned)).toEqual([
    "waits: No worker is alive. It starts as soon as one is.",
    "warns: No router is alive, so nobody can reach the service.",
  ]);
});

test("without a commit, the newest of the default branch is meant", async () => {
  const planned = await plan({ environmentSlug: "production", kind: "deploy" });
  expect(planned).toMatchObject({ commit: { subject: "Third" }, goingLive: { total: 2 } });
});

test("an older commit is warned of, with what it takes away", async () => {
  const planned = await plan({ environmentSlug: "staging", kind: "deploy", sha: shas[0] });
  expect(planned).toMatchObject({ release: { number: 1 }, goingAway: { total: 1 }, goingLive: { total: 0 } });
  expect(texts(planned)).toContain("warns: This commit is 1 older than what is live in Staging.");
  expect(skipped(planned)).toEqual(["checkout", "build", "test", "package", "migrate"]);
  const byItself = await plan(
    { environmentSlug: "staging", kind: "deploy", sha: shas[0] },
    database.ctx.actor,
  );
  expect(byItself.isStopped).toBe(true);
});

test("promoting takes what is live one environment before, and builds nothing", async () => {
  const planned = await plan({ environmentSlug: "production", kind: "promote" });
  expect(planned).toMatchObject({
    actLabel: "Promote #2 to production",
    release: { number: 2, artifactDigest: "2".repeat(64) },
    goingLive: { commits: [{ subject: "Second" }] },
  });
  expect(skipped(planned)).toContain("build");
});

test("switching back goes to the release before, and says how fast", async () => {
  const planned = await plan({ environmentSlug: "staging", kind: "switch-back" });
  expect(planned).toMatchObject({
    actLabel: "Switch staging back to #1",
    readiness: "#1 is warm: back in under 1 s.",
    goingAway: { commits: [{ subject: "Second" }] },
  });
  expect(skipped(planned)).toContain("start");
});

test.each([
  ["an unknown commit", { environmentSlug: "staging", kind: "deploy", sha: "f".repeat(40) }, "no such"],
  ["a ref with a dash", { environmentSlug: "staging", kind: "deploy", sha: "--all" }, "not the name of"],
  ["promotion into the first", { environmentSlug: "staging", kind: "promote" }, "is the first environment"],
  [
    "no release to go back to",
    { environmentSlug: "production", kind: "switch-back" },
    "No other good release",
  ],
  [
    "an unknown release",
    { environmentSlug: "production", kind: "promote", releaseNumber: 9 },
    "no release #9",
  ],
  ["an unknown environment", { environmentSlug: "moon", kind: "deploy" }, "not in an environment named moon"],
] as const)("%s is refused in words", async (_, wish, words) => {
  await expect(plan(wish)).rejects.toThrow(words);
});

test("commits to choose from say which are live, included and released", async () => {
  const list = await listCommitsToDeploy(
    database.ctx,
    { ...shop, environmentSlug: "staging", limit: 2 },
    it.installation,
  );
  expect(list.items).toMatchObject([
    { subject: "Third", isLive: false, isIncluded: false, releaseNumber: null },
    { subject: "Second", isLive: true, isIncluded: true, releaseNumber: 2 },
  ]);
  const query = { ...shop, environmentSlug: "staging", limit: 2, before: list.nextBefore ?? undefined };
  const next = await listCommitsToDeploy(database.ctx, query, it.installation);
  expect(next.items).toMatchObject([{ subject: "First", isIncluded: true }]);
  expect(next.nextBefore).toBeNull();
});

test("a deploy of a commit that is built already is expected to take as long as those that built nothing", async () => {
  const wish = { ...shop, environmentSlug: "production", kind: "deploy", sha: shas[1] } as const;
  await expect(
    requestDeployment(database.ctx, { ...wish, cleanBuild: true }, it.installation),
  ).rejects.toMatchObject({ field: "cleanBuild", message: "Nothing is built: #2 is already built." });
  const { id } = await requestDeployment(database.ctx, wish, it.installation);
  expect(await getDeployment(database.ctx, id)).toMatchObject({
    ...{ makesArtifact: false, expected: { sampleCount: 0 }, expectedMs: null },
  });
});

test("a request writes what was planned; a switch-back makes the one that waits give way", async () => {
  const first = await requestDeployment(
    database.ctx,
    { ...shop, environmentSlug: "staging", kind: "deploy", sha: shas[2] },
    it.installation,
  );
  const waiting = await getDeployment(database.ctx, first.id);
  expect(waiting).toMatchObject({ status: "queued", subject: "Third", previousRelease: { number: 2 } });
  expect(waiting.steps.find((step) => step.name === "test")).toMatchObject({
    status: "skipped",
    detail: "no test command is set",
  });
  const back = await requestDeployment(
    database.ctx,
    { ...shop, environmentSlug: "staging", kind: "switch-back", releaseNumber: 1 },
    it.installation,
  );
  expect(await getDeployment(database.ctx, first.id)).toMatchObject({ status: "cancelled" });
  expect(await getDeployment(database.ctx, back.id)).toMatchObject({ status: "queued", releaseNumber: 1 });
});

test("a switch-back to something else than was shown is a conflict", async () => {
  const wish = { ...shop, environmentSlug: "staging", kind: "switch-back", releaseNumber: 7 } as const;
  await expect(requestDeployment(database.ctx, wish, it.installation)).rejects.toThrow(ConflictError);
});

test("nothing is deployed of a service that is being removed", async () => {
  await removeService(database.ctx, { slug: "shop", confirmSlug: "shop" });
  const wish = { ...shop, environmentSlug: "staging", kind: "deploy", sha: shas[2] } as const;
  const attempt = requestDeployment(database.ctx, wish, it.installation);
  await expect(attempt).rejects.toThrow("Shop is being removed.");
  await expect(attempt).rejects.toBeInstanceOf(ValidationError);
});
