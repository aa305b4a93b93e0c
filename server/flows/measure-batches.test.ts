import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { makeLive } from "#db/testing/make-live.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { listUsualCommits } from "#server/services/insights/list-usual-commits.ts";
import { readInsights } from "#server/services/insights/read-insights.ts";
import { rollUp } from "#server/services/insights/roll-up.ts";
import { refreshWaitingCommits } from "./count-waiting-commits.ts";
import { measureBatches } from "./measure-batches.ts";
import { readOverview } from "./read-overview.ts";
import { registerService } from "./register-service.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

let database: TestDatabase;
let it: TestInstallation;
let repositoryUrl: string;
const logger = openLogger("test", "error");
const signal = new AbortController().signal;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  repositoryUrl = join(it.open, "shop");
});
afterAll(async () => {
  await database.close();
  await it.close();
});

const lines = (count: number) => Array.from({ length: count }, (_, at) => `${at}\n`).join("");
const batches = async () => [
  ...(await database.client.sql`
    select commits, lines_changed as lines, cardinality(committed_at) as told
    from deployment_batches order by switched_at`),
];

test("what a deployment brought is measured against what was live, and what waits against what is", async () => {
  const first = await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile });
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
  await commit(repositoryUrl, "Second", { "a.txt": lines(10) });
  const third = await commit(repositoryUrl, "Third", { "b.txt": lines(5) });
  const fourth = await commit(repositoryUrl, "Fourth", { "b.txt": "" });
  const live = (sha: string, number: number, minutesAgo: number) =>
    makeLive(database, { service: "shop", environment: "production", sha, number, minutesAgo });
  await live(first, 1, 50);
  await live(third, 2, 40);
  // Back again, and forth: the same commits go live a second time, which is no lead time of theirs.
  await live(first, 1, 30);
  await live(fourth, 3, 20);
  await refreshWaitingCommits(database.ctx, it.installation, { logger, signal });
  await measureBatches(database.ctx, it.installation, logger);
  expect(await batches()).toEqual([
    { commits: null, lines: null, told: null },
    { commits: 2, lines: 15, told: 2 },
    { commits: 0, lines: 15, told: 0 },
    { commits: 3, lines: 10, told: 1 },
  ]);
  while ((await rollUp(database.ctx)) > 0);
  const { total } = await readInsights(database.ctx, { service: "shop" });
  expect(total).toMatchObject({ deployments: 4, leadTime: { n: 3 } });

  await commit(repositoryUrl, "Fifth", { "c.txt": lines(7) });
  await refreshWaitingCommits(database.ctx, it.installation, { logger, signal });
  const overview = await readOverview(database.ctx, it.installation);
  const cell = overview.services[0]?.cells.find(({ environmentSlug }) => environmentSlug === "production");
  expect(cell?.waiting).toMatchObject({ commits: 1, lines: 7, usualCommits: 2, since: expect.any(String) });
  expect([...(await listUsualCommits(database.ctx)).values()]).toEqual([2]);
});

test("what Git does not know stays unmeasured, and is asked for once", async () => {
  const { deploymentId } = await makeLive(database, {
    ...{ service: "shop", environment: "production", sha: "f".repeat(40), number: 9 },
    minutesAgo: 10,
  });
  await measureBatches(database.ctx, it.installation, logger);
  expect((await batches()).length).toBe(4);
  // An hour later nobody waits for it any more.
  const later = { ...database.ctx, now: () => new Date(Date.now() + 3_600_000) };
  await measureBatches(later, it.installation, logger);
  const [row] = await database.client.sql`
    select commits, committed_at from deployment_batches where deployment_id = ${deploymentId}`;
  expect(row).toEqual({ commits: null, committed_at: null });
});
