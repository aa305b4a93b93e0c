import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { ErrorSighting, StackFrame } from "#server/domain/error-sighting.ts";
import { slotOf } from "#server/domain/latency-slots.ts";
import { openReviews } from "#server/services/health/open-reviews.ts";
import { storeBatch } from "#server/services/telemetry/store-batch.ts";
import { sumDue } from "#server/services/telemetry/sum-due.ts";
import { findSuspects } from "./find-suspects.ts";
import { readReviewErrors } from "./read-release-errors.ts";
import { registerService } from "./register-service.ts";
import { commit, git, openInstallation, type TestInstallation } from "./testing/open-installation.ts";

let database: TestDatabase;
let it: TestInstallation;
let slug: string;
let folder: string;
let services = 0;
const now = Date.now();
const settings = "release:\n  start: node server.js\n";

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
});
afterAll(async () => {
  await it.close();
  await database.close();
});
beforeEach(() => {
  slug = `s${++services}`;
  folder = join(it.open, slug);
});

const ctx = () => database.ctx;
const lines = (...changed: [number, string][]) =>
  Array.from(
    { length: 40 },
    (_, at) => changed.find(([line]) => line === at + 1)?.[1] ?? `line ${at + 1}`,
  ).join("\n");
/** Commits that have nothing to do with it, all at once. */
async function others(count: number, path = "src/other"): Promise<void> {
  const branch = (await git(folder, "symbolic-ref", "HEAD")).trim();
  const who = `committer Ada Example <ada@example.org> ${Math.floor(now / 1_000)} +0000\n`;
  const data = (text: string) => `data ${text.length}\n${text}\n`;
  const commits = Array.from(
    { length: count },
    (_, at) =>
      `commit ${branch}\n${who}${data(`Other ${at}`)}${at === 0 ? `from ${branch}^0\n` : ""}` +
      `M 100644 inline ${path}-${at}.ts\n${data(randomUUID())}`,
  );
  execFileSync("git", ["-C", folder, "fast-import", "--quiet"], { input: commits.join("") });
  await git(folder, "reset", "--quiet", "--hard");
}

interface Live {
  deploymentId: number;
  serviceEnvironmentId: number;
  newReleaseId: number;
  oldReleaseId: number;
}

/** The service, switched from one commit to another ten minutes ago. */
async function goLive(base: string, head: string, settingsPath = "anytime.yaml"): Promise<Live> {
  await registerService(ctx(), { slug, name: slug, repositoryUrl: folder, settingsPath }, it.installation);
  const { sql } = database.client;
  await sql`insert into artifacts (digest, bytes, file_count) values ('d', 1, 1) on conflict do nothing`;
  const release = async (sha: string, number: number): Promise<number> => {
    const [row] = await sql`
      insert into releases (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest)
      select id, ${number}, ${sha}, 'It', 'Ada Example', now(), '{}', 'd' from services where slug = ${slug} returning id::int`;
    return row?.id;
  };
  const [oldReleaseId, newReleaseId] = [await release(base, 1), await release(head, 2)];
  const [place] = await sql`
    select service_environments.id::int from service_environments join services on services.id = service_id
      join environments on environments.id = environment_id where services.slug = ${slug} and is_production`;
  const at = new Date(now - 10 * 60_000).toISOString();
  const [deployment] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, previous_release_id,
      requested_by_name, started_at, switched_at, finished_at)
    values (${place?.id}, 'deploy', 'succeeded', ${head}, 'It', 'Ada Example', ${newReleaseId}, ${oldReleaseId}, 'Ada', ${at}, ${at},
      ${at}) returning id::int`;
  await openReviews(ctx());
  return { deploymentId: deployment?.id, serviceEnvironmentId: place?.id, newReleaseId, oldReleaseId };
}

const own = (file: string, line: number | null = null): StackFrame => ({
  file,
  function: "run",
  line,
  isOwn: true,
});

async function told(live: Live, frames: StackFrame[], parts: Partial<ErrorSighting> = {}): Promise<void> {
  const sighting: ErrorSighting = {
    ...{ serviceEnvironmentId: live.serviceEnvironmentId, releaseId: live.newReleaseId, source: "otlp" },
    ...{
      fingerprint: randomUUID().slice(0, 16),
      type: "TypeError",
      message: "no price",
      frames,
      route: null,
    },
    ...{ beginsAt: Math.floor(now / 1_000) - 300, count: 10 },
    ...parts,
  };
  await storeBatch(ctx(), { counterId: randomUUID(), batch: 1, counts: [], errors: [sighting] });
}

/** So many requests a minute, by both releases, for five minutes each. */
async function served(
  live: Live,
  route: string,
  { oldMs = 40, newMs = 40, newErrors = 0 }: { oldMs?: number; newMs?: number; newErrors?: number },
): Promise<void> {
  const begin = Math.floor((now - 10 * 60_000) / 60_000) * 60;
  const row = (releaseId: number, minute: number, latencyMs: number, serverErrors: number) => ({
    ...{ serviceEnvironmentId: live.serviceEnvironmentId, source: "router" as const, releaseId, route },
    ...{ half: 0 as const, byShare: false, beginsAt: begin + minute * 60, seconds: 10 },
    ...{ requests: 100, clientErrors: 0, serverErrors, aborted: 0, strays: 0 },
    latency: [...Array.from({ length: slotOf(latencyMs) }, () => 0), 100],
  });
  const counts = [1, 2, 3, 4, 5].flatMap((minute) => [
    row(live.oldReleaseId, -minute, oldMs, 0),
    row(live.newReleaseId, minute, newMs, newErrors),
  ]);
  await storeBatch(ctx(), { counterId: randomUUID(), batch: 1, counts });
  await database.client.sql`update sums_due set due_at = now()`;
  await sumDue(ctx());
}

const suspects = ({ deploymentId }: Live) => findSuspects(ctx(), deploymentId, it.installation);

test("of twenty commits the one that changed the file that errors come from is first, and says how many", async () => {
  const base = await commit(folder, "First", { "anytime.yaml": settings, "src/checkout.ts": lines() });
  await others(12);
  const broken = await commit(folder, "Speed up the checkout", { "src/checkout.ts": lines([31, "broken"]) });
  await others(6);
  const head = await commit(folder, "Tidy the checkout", {
    "src/checkout.ts": lines([31, "broken"], [2, "tidied"]),
  });
  const live = await goLive(base, head);
  await told(live, [own("src/checkout.ts", 31), own("src/other-1.ts", 1)], { count: 214 });
  await told(live, [own("src/elsewhere.ts", 9)], { count: 16 });
  const found = await suspects(live);
  expect(found).toMatchObject({ previousNumber: 1, total: 20, isCut: false, problem: null });
  expect(found.commits.slice(0, 2).map(({ subject }) => subject)).toEqual([
    "Speed up the checkout",
    "Tidy the checkout",
  ]);
  expect(found.commits[0]).toMatchObject({
    sha: broken,
    reasons: ["changes line 31 of src/checkout.ts, where 214 of 230 new errors come from"],
    url: null,
  });
  // What is suspected is a commit, and nobody.
  expect(JSON.stringify(found)).not.toContain("Ada");
});

test("a file as it was built leads to its source, and a stack of libraries alone to nobody", async () => {
  const base = await commit(folder, "First", { "anytime.yaml": settings, "src/checkout.ts": "1" });
  await others(5);
  await commit(folder, "Change the checkout", { "src/checkout.ts": "2" });
  await others(5, "src/more");
  const head = await commit(folder, "Last", { "README.md": "2" });
  const live = await goLive(base, head);
  await told(live, [{ ...own("node_modules/pg/lib/other-1.js"), isOwn: false }]);
  expect((await suspects(live)).commits.every(({ reasons }) => reasons.length === 0)).toBe(true);
  await told(live, [own("dist/checkout.js", 4)]);
  const [first] = (await suspects(live)).commits;
  expect(first?.subject).toBe("Change the checkout");
  expect(first?.reasons[0]).toMatch(/^changes src\/checkout.ts, where 10 of 20 new errors come from$/);
});

test("a route that became slow leads to the commit whose code names it, without any stack", async () => {
  const app = (extra: string) =>
    `app.get("/health", ok);\napp.get("/orders/:orderId/items", items);\n${extra}`;
  const base = await commit(folder, "First", { "anytime.yaml": settings, "src/app.ts": app("") });
  await others(9);
  const broken = await commit(folder, "Join the items", {
    "src/app.ts": app("").replace("items);", "joined(items));"),
  });
  await others(9, "src/more");
  const head = await commit(folder, "Change health", {
    "src/app.ts": app("").replace("ok", "fine").replace("items);", "joined(items));"),
  });
  const live = await goLive(base, head);
  await served(live, "/orders/:id/items", { newMs: 900 });
  await served(live, "/health", {});
  const { commits } = await suspects(live);
  expect(commits[0]).toMatchObject({ sha: broken, subject: "Join the items" });
  expect(commits[0]?.reasons[0]).toMatch(
    /^changes code of src\/app.ts that names \/orders\/:id\/items, whose p95 went from 4\d ms to 9\d\d ms$/,
  );
});

test("a route that fails leads to the file that is called as it", async () => {
  const base = await commit(folder, "First", { "anytime.yaml": settings });
  await others(10);
  const broken = await commit(folder, "Change order items", { "src/routes/orderItems.ts": "2" });
  const head = await commit(folder, "Change users", { "src/routes/users.ts": "2" });
  const live = await goLive(base, head);
  await served(live, "/api/v2/order-items", { newErrors: 30 });
  const { commits } = await suspects(live);
  expect(commits[0]?.sha).toBe(broken);
  expect(commits[0]?.reasons).toEqual([
    "changes src/routes/orderItems.ts, named like /api/v2/order-items, whose errors went from 0.0 % to 30.0 %",
  ]);
});

test("in a monorepo only what touches the service is looked at, and its traces are read from its own folder", async () => {
  const settingsPath = "services/shop/anytime.yaml";
  const base = await commit(folder, "First", {
    [settingsPath]: settings,
    "services/shop/src/cart.ts": lines(),
    "services/blog/src/cart.ts": lines(),
  });
  const broken = await commit(folder, "Change the cart", {
    "services/shop/src/cart.ts": lines([9, "broken"]),
  });
  await others(9, "services/shop/src/other");
  await others(9, "services/blog/src/other");
  const head = await commit(folder, "The blog's cart", { "services/blog/src/cart.ts": lines([9, "other"]) });
  const live = await goLive(base, head, settingsPath);
  await told(live, [own("src/cart.ts", 9)]);
  const { commits, total } = await suspects(live);
  expect(total).toBe(10);
  expect(commits[0]).toMatchObject({
    sha: broken,
    reasons: ["changes line 9 of services/shop/src/cart.ts, where 10 of 10 new errors come from"],
  });
});

const author = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"];

test("what a merge brings is suspected, not the merge", async () => {
  const base = await commit(folder, "First", {
    "anytime.yaml": settings,
    "src/cart.ts": lines(),
    "src/x.ts": "1",
  });
  await git(folder, "checkout", "-q", "-b", "work");
  const broken = await commit(folder, "Change the cart", { "src/cart.ts": lines([9, "broken"]) });
  await others(9);
  await git(folder, "checkout", "-q", "main");
  await others(9, "src/more");
  await git(folder, ...author, "merge", "-q", "--no-ff", "work", "-m", "Merge the work");
  const head = (await git(folder, "rev-parse", "HEAD")).trim();
  const live = await goLive(base, head);
  await told(live, [own("src/cart.ts", 9)]);
  const { commits, total } = await suspects(live);
  expect(total).toBe(19);
  expect(commits[0]?.sha).toBe(broken);
  expect(commits.map(({ subject }) => subject)).not.toContain("Merge the work");
});

test("a file that was moved since is followed to what it was called before", async () => {
  const base = await commit(folder, "First", { "anytime.yaml": settings, "src/cart.ts": lines() });
  await others(5);
  const broken = await commit(folder, "Change the cart", { "src/cart.ts": lines([20, "broken"]) });
  await others(5, "src/more");
  await rename(join(folder, "src/cart.ts"), join(folder, "src/basket.ts"));
  await commit(folder, "Call it a basket", {});
  const head = await commit(folder, "Last", { "README.md": "1" });
  const live = await goLive(base, head);
  await told(live, [own("src/basket.ts", 20)]);
  const { commits } = await suspects(live);
  expect(commits.slice(0, 2).map(({ subject }) => subject)).toEqual(["Change the cart", "Call it a basket"]);
  expect(commits[0]).toMatchObject({
    sha: broken,
    reasons: ["changes line 20 of src/basket.ts, where 10 of 10 new errors come from"],
  });
});

test("what was taken back within the release is not suspected, and what takes back an older one is", async () => {
  await commit(folder, "First", { "anytime.yaml": settings, "src/cart.ts": lines() });
  const fix = await commit(folder, "Mend the cart", { "src/cart.ts": lines([9, "mended"]) });
  const base = await commit(folder, "Live", { "README.md": "1" });
  await commit(folder, "Try something", { "src/cart.ts": lines([9, "mended"], [30, "tried"]) });
  await git(folder, ...author, "revert", "--no-edit", "HEAD");
  await others(5);
  await git(folder, ...author, "revert", "--no-edit", fix);
  const broken = (await git(folder, "rev-parse", "HEAD")).trim();
  await others(5, "src/more");
  const head = await commit(folder, "Last", { "README.md": "2" });
  const live = await goLive(base, head);
  await told(live, [own("src/cart.ts", 9)]);
  const { commits } = await suspects(live);
  expect(commits[0]).toMatchObject({ sha: broken, subject: 'Revert "Mend the cart"' });
  const tried = commits.find(({ subject }) => subject === "Try something");
  expect(tried?.reasons[0]).toMatch(/^is taken back by [0-9a-f]{7} in this release$/);
});

test("only errors that are new or more frequent speak, and the page tells which they are", async () => {
  const base = await commit(folder, "First", { "anytime.yaml": settings, "src/a.ts": "1", "src/b.ts": "1" });
  await commit(folder, "Change a", { "src/a.ts": "2" });
  const head = await commit(folder, "Change b", { "src/b.ts": "2" });
  const live = await goLive(base, head);
  await served(live, "/", {});
  const known = { fingerprint: "00000000000000aa", count: 40 };
  await told(live, [own("src/b.ts")], {
    ...known,
    releaseId: live.oldReleaseId,
    beginsAt: Math.floor(now / 1_000) - 900,
  });
  await told(live, [own("src/b.ts")], known);
  await told(live, [own("src/a.ts")], { count: 3 });
  expect((await suspects(live)).commits.map(({ subject, reasons }) => [subject, reasons.length])).toEqual([
    ["Change a", 1],
    ["Change b", 0],
  ]);
  const { errors, releaseNumber, previousNumber } = await readReviewErrors(
    ctx(),
    live.deploymentId,
    it.installation,
  );
  expect([releaseNumber, previousNumber]).toEqual([2, 1]);
  expect(errors).toMatchObject([
    { change: "new", firstReleaseNumber: 2, ofNew: { count: 3, perThousand: 6 }, ofOld: { count: 0 } },
    {
      change: "as-before",
      firstReleaseNumber: 1,
      ofNew: { count: 40, perThousand: 80 },
      ofOld: { perThousand: 80 },
    },
  ]);
});

test("where nothing speaks for any, all stand by their age; and a repository that is gone is said", async () => {
  const base = await commit(folder, "First", { "anytime.yaml": settings });
  await others(2);
  const head = await commit(folder, "Last", { "README.md": "2" });
  const live = await goLive(base, head);
  expect((await suspects(live)).commits.map(({ subject }) => subject)).toEqual([
    "Last",
    "Other 1",
    "Other 0",
  ]);
  await database.client
    .sql`update services set repository_url = ${join(it.open, "gone")} where slug = ${slug}`;
  expect(await suspects(live)).toMatchObject({ commits: [], problem: expect.any(String) });
});
