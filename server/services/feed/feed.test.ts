import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { publicItemOf, publicItemSchema } from "#server/domain/public-item.ts";
import { publishDeployment } from "./publish.ts";
import { findRevisionBefore, readPublicChanges } from "./read-changes.ts";
import { readFeedPage } from "./read-page.ts";
import { renderNote } from "./render-note.ts";
import { writeNote } from "./write-note.ts";

let database: TestDatabase;
let shop: TrafficRows;
let hidden: TrafficRows;
let serviceId: number;

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  shop = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  hidden = await insertServiceEnvironment(sql, { service: "hidden", environment: "production" });
  await sql`update services set is_public = true where slug = 'shop'`;
  await sql`update environments set is_shown = true`;
  const [row] = await sql`select id::int from services where slug = 'shop'`;
  serviceId = row?.id;
});
afterAll(() => database.close());

/** A row past the verbs, and its line. */
async function deploy(
  rows: TrafficRows,
  state: "waiting" | "started" | "live" | "failed" | "cancelled",
  sha = "a".repeat(40),
): Promise<number> {
  const { sql } = database.client;
  const isOver = ["live", "failed", "cancelled"].includes(state);
  const status = {
    waiting: "queued",
    started: "queued",
    live: "succeeded",
    failed: "failed",
    cancelled: "cancelled",
  };
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
      requested_by_name, started_at, switched_at, finished_at)
    values (${rows.serviceEnvironmentId}, 'deploy', ${status[state]}, ${sha}, 'Secret subject', 'Ada', ${rows.releaseId},
      'Ada', ${state === "waiting" ? null : sql`now()`}, ${state === "live" ? sql`now()` : null}, ${isOver ? sql`now()` : null}) returning id::int`;
  await publishDeployment(database.ctx, row?.id, state);
  return row?.id;
}

const publicPage = async (filter: Partial<Parameters<typeof readFeedPage>[2]> = {}) => {
  const { rows, nextBefore } = await readFeedPage(database.ctx, "public", { limit: 20, ...filter });
  return { nextBefore, items: rows.map((row) => publicItemOf(row, renderNote)) };
};

describe("the public view", () => {
  test("shows what public services do where it is shown, and nothing else", async () => {
    const id = await deploy(shop, "live");
    await deploy(hidden, "live");
    await deploy(shop, "waiting");
    await deploy(shop, "cancelled");
    const { items } = await publicPage();
    expect(items.map((item) => [item?.service?.slug, item?.state])).toEqual([["shop", "live"]]);
    expect(publicItemSchema.array().parse(items)).toEqual(items);
    expect(JSON.stringify(items)).not.toMatch(/Secret|Ada/);
    const { sql } = database.client;
    await sql`update environments set is_shown = false`;
    expect((await publicPage()).items).toEqual([]);
    await sql`update environments set is_shown = true`;
    await sql`update services set removal_requested_at = now() where slug = 'shop'`;
    expect((await publicPage()).items).toEqual([]);
    await sql`update services set removal_requested_at = null where slug = 'shop'`;
    await publishDeployment(database.ctx, id, "failed");
    expect((await publicPage()).items.map((item) => item?.by)).toEqual([null]);
  });

  test("names nobody beside a failure, and beside a success whom the service wants named", async () => {
    const { sql } = database.client;
    const [user] = await sql`
      insert into users (email, name, role) values ('bo@example.org', 'Bo', 'engineer') returning id::int`;
    await sql`insert into teams (name) values ('Shoppers')`;
    await sql`update services set team = 'Shoppers' where slug = 'shop'`;
    const good = await deploy(shop, "live");
    const bad = await deploy(shop, "failed");
    await sql`update deployments set requested_by = ${user?.id}, requested_by_name = 'Bo' where id in (${good}, ${bad})`;
    const named = async (byline: string) => {
      await sql`update services set public_byline = ${byline} where slug = 'shop'`;
      return (await publicPage({ limit: 2 })).items.map((item) => [item?.state, item?.by]);
    };
    expect(await named("person")).toEqual([
      ["failed", null],
      ["live", "Bo"],
    ]);
    expect(await named("team")).toEqual([
      ["failed", null],
      ["live", "Shoppers"],
    ]);
    expect(await named("nobody")).toEqual([
      ["failed", null],
      ["live", null],
    ]);
  });
});

test("pages go on where the one before ended, and a filter narrows them", async () => {
  for (let made = 0; made < 7; made++) await deploy(hidden, "live", String(made).repeat(40));
  const seen: string[] = [];
  let before: string | undefined;
  do {
    const page = await readFeedPage(database.ctx, "internal", { limit: 3, before });
    seen.push(...page.rows.map(({ publicId }) => publicId));
    before = page.nextBefore ?? undefined;
  } while (before !== undefined);
  const [all] = await database.client.sql`select count(*)::int from feed_items`;
  expect([seen.length, new Set(seen).size]).toEqual([all?.count, all?.count]);
  const only = await readFeedPage(database.ctx, "internal", {
    limit: 50,
    serviceSlug: "hidden",
    kind: "release",
  });
  expect(only.rows.every(({ service }) => service?.slug === "hidden")).toBe(true);
  expect((await readFeedPage(database.ctx, "internal", { limit: 50, kind: "hold" })).rows).toEqual([]);
  await expect(readFeedPage(database.ctx, "public", { limit: 3, before: "x" })).rejects.toThrow("no more");
});

test("a note is what its release is about, can be searched, and can be taken back", async () => {
  const { ctx } = database;
  const sha = "b".repeat(40);
  await deploy(shop, "live", sha);
  const service = { id: serviceId, slug: "shop" };
  const text = "Search is **twice** as fast. See [how](https://example.org/how) <script>alert(1)</script>";
  await writeNote(ctx, service, sha, { kind: "better", text, linkUrl: null, version: 0 });
  const [item] = (await publicPage({ text: "TWICE" })).items;
  expect(item).toMatchObject({ title: "Search is twice as fast", note: { kind: "better" } });
  expect(item?.note?.html).toContain("<strong>twice</strong>");
  expect(item?.note?.html).not.toContain("<script>");
  expect(item?.note?.restHtml).toMatch(/^<p>See <a href="https:\/\/example.org\/how" rel="nofollow/);
  expect((await publicPage({ text: "100%" })).items).toEqual([]);
  await expect(
    writeNote(ctx, service, sha, { kind: "new", text: "Mine", linkUrl: null, version: 0 }),
  ).rejects.toThrow("meanwhile");
  await expect(
    writeNote(ctx, service, sha, { kind: "new", text: "Mine", linkUrl: "javascript:alert(1)" }),
  ).rejects.toMatchObject({ field: "linkUrl" });
  await writeNote(ctx, service, sha, { kind: "new", text: "", linkUrl: null });
  expect((await publicPage({ text: "twice" })).items).toEqual([]);
  expect((await publicPage({ limit: 1 })).items[0]?.title).toBe("Maintenance release");
});

test("a search finds each note once, page by page, however often it was written and its release shipped", async () => {
  const { ctx } = database;
  const service = { id: serviceId, slug: "shop" };
  const shas = ["1", "2", "3", "4", "5"].map((digit) => digit.repeat(40));
  for (const sha of shas) {
    for (const text of ["Kettle", `Kettle ${sha}`])
      await writeNote(ctx, service, sha, { kind: "new", text, linkUrl: null });
    await deploy(shop, "failed", sha);
    await deploy(shop, "live", sha);
  }
  const titles: string[] = [];
  let before: string | undefined;
  do {
    const page = await publicPage({ text: "kettle", limit: 2, before });
    titles.push(...page.items.map((item) => `${item?.state} ${item?.title}`));
    before = page.nextBefore ?? undefined;
  } while (before !== undefined);
  expect(titles).toEqual(shas.toReversed().map((sha) => `live Kettle ${sha}`));
  const other = await deploy(shop, "live", "6".repeat(40));
  const [line] = await database.client
    .sql`select public_id as id from feed_items where deployment_id = ${other}`;
  await expect(publicPage({ text: "kettle", before: line?.id })).rejects.toThrow("no more");
});

describe("changes", () => {
  test("are told in the order of the commits, whichever began first", async () => {
    const { ctx, client } = database;
    const start = await findRevisionBefore(ctx, 0);
    const [begun] = await client.sql`select coalesce(max(revision), 0)::int as revision from feed_changes`;
    const after = Math.max(start, begun?.revision);
    const written = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const early = await deploy(shop, "started");
    const late = await deploy(shop, "started");
    const slow = ctx.db.transaction(async (db) => {
      await publishDeployment({ ...ctx, db }, early, "live");
      written.resolve();
      await go.promise;
    });
    await written.promise;
    await publishDeployment(ctx, late, "failed");
    const first = await readPublicChanges(ctx, { after, limit: 100 });
    go.resolve();
    await slow;
    const second = await readPublicChanges(ctx, { after: first.revision, limit: 100 });
    expect(first.changes.map(({ item }) => item?.state)).toEqual(["started", "failed", "failed"]);
    expect(second.changes.map(({ item }) => item?.state)).toEqual(["live"]);
    expect(second.revision).toBeGreaterThan(first.revision);
  });

  test("of what was never public are not told, and what is called off is said to be gone", async () => {
    const { ctx } = database;
    const { revision: after } = await readPublicChanges(ctx, { after: 0, limit: 10_000 });
    await deploy(hidden, "live");
    await deploy(shop, "waiting");
    const called = await deploy(shop, "started");
    await publishDeployment(ctx, called, "cancelled");
    const { changes } = await readPublicChanges(ctx, { after, limit: 100 });
    expect(changes.map(({ item }) => item)).toEqual([null, null]);
    expect(new Set(changes.map(({ itemId }) => itemId)).size).toBe(1);
  });
});
