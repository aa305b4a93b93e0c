import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { claim } from "#server/services/deployments/claim.ts";
import { registerWorker } from "#server/services/deployments/register-worker.ts";
import { setWorkerLabel } from "#server/services/services/set-worker-label.ts";
import { planDeployment } from "./plan-deployment.ts";
import { readDeploymentPage } from "./read-deployment-page.ts";
import { readServicePage } from "./read-service-page.ts";
import { readWorkersPage } from "./read-workers-page.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** Why a deployment waits is said in the same words before the click, on its page and among the workers. */
let database: TestDatabase;
let it: TestInstallation;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile });
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
});
afterAll(async () => {
  await database.close();
  await it.close();
});
beforeEach(async () => {
  await database.client.sql`delete from deployments`;
  await database.client.sql`delete from workers`;
  await label(null);
});

const wish = { serviceSlug: "shop", environmentSlug: "staging", kind: "deploy" } as const;
const ask = async () => (await requestDeployment(database.ctx, wish, it.installation)).id;
const label = (workerLabel: string | null) =>
  setWorkerLabel(database.ctx, { slug: "shop", environmentSlug: "staging", workerLabel });
const worker = (name: string, rest: { capacity?: number; labels?: string[] } = {}) =>
  registerWorker(database.ctx, { name, host: "here", pid: 1, capacity: 1, ...rest });

/** The same question, asked in three places. */
async function said(): Promise<(string | null | undefined)[]> {
  const plan = await planDeployment(database.ctx, wish, it.installation);
  const before = plan.reasons.filter(({ weight }) => weight === "waits").map(({ text }) => text);
  const id = await ask();
  const page = await readDeploymentPage(database.ctx, id, it.installation);
  const row = (await readWorkersPage(database.ctx)).queue.find((waiting) => waiting.id === id);
  return [before.join(" "), page.waitingFor, row?.waitingFor];
}

test("no worker at all", async () => {
  const text = "No worker is alive. It starts as soon as one is.";
  expect(await said()).toEqual([text, text, text]);
});

test("none that is alive has the label that is asked for", async () => {
  await worker("plain", { labels: ["arm64"] });
  await label("gpu");
  const text = expect.stringContaining(
    "No worker with the label `gpu` is alive. Labels of those that are alive: `arm64`.",
  );
  expect(await said()).toEqual([text, text, text]);
});

test("all that may take it are full", async () => {
  const { id: workerId } = await worker("small");
  await registerService(
    database.ctx,
    { slug: "other", name: "Other", repositoryUrl: join(it.open, "shop") },
    it.installation,
  );
  await requestDeployment(database.ctx, { ...wish, serviceSlug: "other" }, it.installation);
  await claim(database.ctx, { workerId });
  const text = expect.stringMatching(
    /^The one worker that may take it is full: 1 deployment runs since \d\d:\d\d UTC\. There is room/,
  );
  expect(await said()).toEqual([text, text, text]);
});

test("with room there is nothing to say before the click, and others of its own queue are named after it", async () => {
  const { id: workerId } = await worker("roomy", { capacity: 4 });
  expect(await said()).toEqual(["", "It starts at once: a worker has room.", expect.any(String)]);
  const running = await claim(database.ctx, { workerId });
  const waiting = await ask();
  const last = await ask();
  const { queue, workers } = await readWorkersPage(database.ctx);
  expect(queue.map(({ id, position, ahead }) => [id, position, ahead?.id])).toEqual([
    [waiting, 1, running?.deploymentId],
    [last, 2, waiting],
  ]);
  expect(workers.map(({ name, running }) => [name, running.map(({ id }) => id)])).toEqual([
    ["roomy", [running?.deploymentId]],
  ]);
});

test("a label is set in good form only, and once", async () => {
  await expect(label("No Label")).rejects.toThrow("A label has lower-case letters");
  await label("gpu");
  const page = await readServicePage(database.ctx, "shop", it.installation);
  expect(page.environments.map(({ workerLabel }) => workerLabel)).toEqual(["gpu", null]);
});
