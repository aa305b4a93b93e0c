import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Context } from "#server/kernel/context.ts";
import { claim } from "#server/services/deployments/claim.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { registerWorker } from "#server/services/deployments/register-worker.ts";
import { setSuperseding } from "#server/services/services/set-superseding.ts";
import { planDeployment } from "./plan-deployment.ts";
import { readQueuePlace } from "./read-queue-place.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import {
  commit,
  git,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** A newer commit while one waits: the waiting one is superseded or kept, by setting. */
let database: TestDatabase;
let it: TestInstallation;
let repositoryUrl: string;
let shas: string[];
let workerId: number;
let ada: Context;
let bot: Context;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  repositoryUrl = join(it.open, "shop");
  shas = [await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile })];
  for (const n of ["Second", "Third"]) shas.push(await commit(repositoryUrl, n, { "server.js": n }));
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
  const [row] = await database.client.sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  const person = { kind: "user", name: "Ada", email: "ada@example.org", role: "engineer" } as const;
  ada = { ...database.ctx, actor: { ...person, id: row?.id } };
  const token = { kind: "token", id: 7, name: "CI", permissions: ["deploy"], services: null } as const;
  bot = { ...database.ctx, actor: token };
  ({ id: workerId } = await registerWorker(database.ctx, { name: "one", host: "here", pid: 1, capacity: 9 }));
});
afterAll(async () => {
  await database.close();
  await it.close();
});
beforeEach(async () => {
  await database.client.sql`delete from deployments`;
  await superseding(true);
});

const place = { serviceSlug: "shop", environmentSlug: "staging", kind: "deploy" } as const;
const superseding = (supersedesWaiting: boolean) =>
  setSuperseding(database.ctx, { slug: "shop", environmentSlug: "staging", supersedesWaiting });
const ask = async (sha: string | undefined, ctx = ada) =>
  (await requestDeployment(ctx, { ...place, sha }, it.installation)).id;
const read = (id: number) => getDeployment(database.ctx, id);

test("a newer commit takes the place of what waits, which says so; what runs goes on", async () => {
  const running = await ask(shas[0]);
  await claim(database.ctx, { workerId });
  const waiting = await ask(shas[1]);
  const plan = await planDeployment(database.ctx, { ...place, sha: shas[2] }, it.installation);
  expect(plan.superseded).toEqual([{ id: waiting, sha: shas[1] }]);
  expect(plan.reasons.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      `Deployment ${running} (deploy) goes first.`,
      `Deployment ${waiting} (${shas[1]?.slice(0, 7)}) waits: this newer one takes its place.`,
    ]),
  );
  const newest = await ask(shas[2]);
  expect(await read(waiting)).toMatchObject({ status: "cancelled", supersededBy: newest });
  const left = (await read(waiting)).steps.map(({ status }) => status);
  expect([...new Set(left)].sort()).toEqual(["cancelled", "skipped"]);
  expect(await read(running)).toMatchObject({ status: "running", supersededBy: null });
  expect((await readQueuePlace(database.ctx, await read(newest)))?.ahead?.id).toBe(running);
});

test("a machine does not undo what is newer: builds that end out of order are told so", async () => {
  const waiting = await ask(shas[1], bot);
  await expect(ask(shas[0], bot)).rejects.toThrow(
    `This commit is older than that of deployment ${waiting}, which goes first. Machines never go back`,
  );
  await ask(shas[2], bot);
  const { reasons } = await planDeployment(ada, { ...place, sha: shas[0] }, it.installation);
  expect(reasons.map(({ weight, text }) => `${weight}: ${text}`)).toContainEqual(
    expect.stringMatching(/^warns: This commit is older than that of deployment \d+, which goes first\.$/),
  );
});

test("an older commit supersedes nothing, and neither does one beside", async () => {
  const waiting = await ask(shas[2]);
  await git(repositoryUrl, "checkout", "--quiet", "-b", "beside", shas[0] ?? "");
  const beside = await commit(repositoryUrl, "Beside", { "server.js": "beside" });
  await git(repositoryUrl, "checkout", "--quiet", "main");
  for (const sha of [shas[1], beside]) await ask(sha);
  expect(await read(waiting)).toMatchObject({ status: "queued", supersededBy: null });
});

test("where the setting is off, all that wait are kept", async () => {
  await superseding(false);
  const waiting = await ask(shas[0]);
  await ask(shas[1]);
  expect(await read(waiting)).toMatchObject({ status: "queued" });
});

test("what a worker takes in the same moment either runs or is superseded, and is never both", async () => {
  for (let n = 0; n < 10; n += 1) {
    await database.client.sql`delete from deployments`;
    const waiting = await ask(shas[0]);
    const [lease, newest] = await Promise.all([claim(database.ctx, { workerId }), ask(shas[1])]);
    const { status, supersededBy } = await read(waiting);
    if (lease?.deploymentId === waiting) expect([status, supersededBy]).toEqual(["running", null]);
    else expect([status, supersededBy]).toEqual(["cancelled", newest]);
  }
});
