import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { refreshWaitingCommits } from "./count-waiting-commits.ts";
import { inspectRepository } from "./inspect-repository.ts";
import { listCommitsToDeploy } from "./list-commits-to-deploy.ts";
import { listWaitingCommits } from "./list-waiting-commits.ts";
import { planDeployment } from "./plan-deployment.ts";
import { readServicePage } from "./read-service-page.ts";
import { registerService } from "./register-service.ts";
import { commit, openInstallation, type TestInstallation } from "./testing/open-installation.ts";
import { updateService } from "./update-service.ts";

let database: TestDatabase;
let it: TestInstallation;
let repositoryUrl: string;
beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  repositoryUrl = `${it.open}/mono`;
});
afterAll(async () => {
  await it.close();
  await database.close();
});

const ctx = () => database.ctx;
const start = "release:\n  start: node server.js\n";

test("each settings file of a repository is offered, and its folder is the service's", async () => {
  await commit(repositoryUrl, "Shop", { "services/shop/anytime.yaml": start });
  await commit(repositoryUrl, "Blog", { "services/blog/anytime.yaml": `${start}also: [shared]\n` });
  const found = await inspectRepository(ctx(), { repositoryUrl }, it.installation);
  expect(found.settingsPaths).toEqual(["services/blog/anytime.yaml", "services/shop/anytime.yaml"]);
  expect(found).toMatchObject({ settingsPath: "services/blog/anytime.yaml", suggestedSlug: "blog" });
  for (const slug of ["shop", "blog"]) {
    const settingsPath = `services/${slug}/anytime.yaml`;
    const one = await inspectRepository(ctx(), { repositoryUrl, settingsPath }, it.installation);
    expect(one).toMatchObject({ suggestedSlug: slug, settings: { from: "file" } });
    await registerService(ctx(), { slug, name: slug, repositoryUrl, settingsPath }, it.installation);
  }
  const wrong = { slug: "x", name: "x", repositoryUrl, settingsPath: "../anytime.yaml" };
  await expect(registerService(ctx(), wrong, it.installation)).rejects.toMatchObject({
    field: "settingsPath",
  });
});

test("only commits that touch a service, its other folders or its settings count for it", async () => {
  const first = await commit(repositoryUrl, "Shop and blog", {
    "services/shop/a.js": "1",
    "services/blog/a.js": "1",
  });
  await goLive("shop", first);
  await goLive("blog", first);
  const shop = await commit(repositoryUrl, "For the shop", { "services/shop/a.js": "2" });
  const shared = await commit(repositoryUrl, "For what blog shares", { "shared/b.js": "1" });
  await commit(repositoryUrl, "For nobody", { "README.md": "1" });
  const logger = openLogger("test", "error");
  await refreshWaitingCommits(ctx(), it.installation, { logger, signal: AbortSignal.timeout(60_000) });

  const waiting = await database.client.sql`
    select s.slug, e.waiting_commits as commits from service_environments e
    join services s on s.id = e.service_id where e.waiting_commits is not null order by s.slug`;
  expect(waiting).toEqual([
    { slug: "blog", commits: 1 },
    { slug: "shop", commits: 1 },
  ]);
  const place = { environmentSlug: "staging", limit: 20 };
  const listed = await listWaitingCommits(ctx(), { ...place, slug: "shop" }, it.installation);
  expect(listed).toMatchObject({ total: 1, commits: [{ sha: shop }] });
  const offered = await listCommitsToDeploy(ctx(), { ...place, serviceSlug: "blog" }, it.installation);
  expect(offered.items.map(({ subject }) => subject)).toEqual([
    "For what blog shares",
    "Shop and blog",
    "Blog",
  ]);
  // More than are listed are counted by the same rule.
  const few = await listWaitingCommits(ctx(), { ...place, slug: "shop", limit: 1 }, it.installation);
  expect(few.total).toBe(1);

  for (const [serviceSlug, sha] of [
    ["shop", shop],
    ["blog", shared],
  ] as const) {
    const wish = { serviceSlug, environmentSlug: "staging", kind: "deploy" } as const;
    const plan = await planDeployment(ctx(), wish, it.installation);
    expect(plan.commit.sha).toBe(sha);
    expect(plan.goingLive.commits.map((one) => one.sha)).toEqual([sha]);
  }
});

test("a service follows its settings file when that moves, but only to one that is there", async () => {
  await commit(repositoryUrl, "Move", { "apps/shop/anytime.yaml": start });
  const change = { slug: "shop", settingsPath: "apps/none/anytime.yaml" };
  await expect(updateService(ctx(), change, it.installation)).rejects.toMatchObject({
    field: "settingsPath",
  });
  await updateService(ctx(), { ...change, settingsPath: "apps/shop/anytime.yaml" }, it.installation);
  const page = await readServicePage(ctx(), "shop", it.installation);
  expect(page.settingsPath).toBe("apps/shop/anytime.yaml");
});

/** As after a deployment: the rows that say what is live. */
async function goLive(slug: string, sha: string): Promise<void> {
  await database.client.sql`
    insert into artifacts (digest, bytes, file_count) values ('d', 1, 1) on conflict do nothing`;
  await database.client.sql`
    with place as (
      select e.id, e.service_id from service_environments e join services s on s.id = e.service_id
      join environments n on n.id = e.environment_id where s.slug = ${slug} and n.slug = 'staging'
    ), made as (
      insert into releases
        (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
      select service_id, 1, ${sha}, 'It', 'Ada', now(), '{"release":{"start":"x"}}'::jsonb, 'd' from place
      returning id
    ), pooled as (
      update pools set status = 'ready', release_id = made.id from made, place
      where service_environment_id = place.id and color = 'blue' returning 1
    )
    update pointers set live_pool = 'blue', generation = 1 from place where service_environment_id = place.id`;
}
