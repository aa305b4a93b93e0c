import Parser from "rss-parser";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, standIn, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { writeNote } from "#server/services/feed/write-note.ts";
import { type ServedApi, serveApi } from "../testing/serve-api.ts";
import { handleBadge } from "./handle-badge.ts";
import { feedHandler } from "./handle-feed.ts";
import { handleSummary } from "./handle-summary.ts";
import { feedFormats } from "./write-feed.ts";

/** What anybody may subscribe to, over real HTTP. `shop` is public in production only, `hidden` nowhere. */
let database: TestDatabase;
let api: ServedApi;
let shop: TrafficRows;
let staging: TrafficRows;
let hidden: TrafficRows;

function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const format = feedFormats.find((candidate) => pathname === `/api/feed.${candidate}`);
  if (format !== undefined) return feedHandler(format)(request);
  return pathname === "/api/summary.json" ? handleSummary(request) : handleBadge(request);
}

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  shop = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  staging = await insertServiceEnvironment(sql, { service: "shop", environment: "staging" });
  hidden = await insertServiceEnvironment(sql, { service: "hidden", environment: "production" });
  await sql`update services set name = 'Shop & <Co>', is_public = true, public_byline = 'person' where slug = 'shop'`;
  await sql`update services set name = 'Hidden thing' where slug = 'hidden'`;
  await sql`update environments set name = initcap(slug), is_shown = slug = 'production'`;
  await sql`insert into users (email, name, role) values ('bo@example.org', 'Bo Byline', 'engineer')`;
  api = await serveApi(database.client, handle);
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  const { sql } = database.client;
  await sql`delete from deployments`;
  await sql`update pointers set live_pool = null`;
});

async function deploy(rows: TrafficRows, state: "live" | "failed" | "started", sha = "a".repeat(40)) {
  const status = { live: "succeeded", failed: "failed", started: "queued" }[state];
  const { sql } = database.client;
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, requested_by,
      requested_by_name, failure_reason, started_at, switched_at, finished_at)
    select ${rows.serviceEnvironmentId}, 'deploy', ${status}, ${sha}, 'Secret subject', 'Secret author',
      ${rows.releaseId}, id, name, ${state === "failed" ? "Secret reason" : null}, now(),
      ${state === "live" ? sql`now()` : null}, ${state === "started" ? null : sql`now()`}
    from users returning id::int`;
  await publishDeployment(database.ctx, row?.id, state);
}

async function putLive(rows: TrafficRows) {
  await standIn(database.client.sql, rows, { pool: "blue", releaseId: rows.releaseId });
  await database.client.sql`
    update pointers set live_pool = 'blue' where service_environment_id = ${rows.serviceEnvironmentId}`;
}

const ask = (path: string, init?: RequestInit) => fetch(`${api.url}${path}`, init);
const portalUrl = "http://localhost:";

describe.each(["rss", "atom"] as const)("%s", (format) => {
  test("is read by a parser that is not ours", async () => {
    const [service] = await database.client.sql`select id::int, slug from services where slug = 'shop'`;
    const sha = (format === "rss" ? "b" : "c").repeat(40);
    const text = "Search is **fast**: a < b ]]> & \u000b more";
    await writeNote(database.ctx, { id: service?.id, slug: "shop" }, sha, {
      kind: "better",
      text,
      linkUrl: "https://example.org/?a=1&b=2",
    });
    await deploy(shop, "failed");
    await deploy(shop, "live", sha);
    const response = await ask(`/api/feed.${format}`);
    expect(response.headers.get("content-type")).toBe(`application/${format}+xml; charset=utf-8`);
    const xml = await response.text();
    const feed = await new Parser({ customFields: { item: ["author"] } }).parseString(xml);
    expect(feed.title).toBe("What is new");
    const [live, failed] = feed.items;
    expect(feed.items).toHaveLength(2);
    expect(live?.title).toBe("Search is fast: a < b ]]> &  more – Shop & <Co> #1");
    expect(live?.link).toMatch(/^http:\/\/localhost:\d+\/feed\/item\/[0-9a-f-]{36}$/);
    expect(live?.guid ?? (live as { id?: string } | undefined)?.id).toBe(live?.link);
    expect(live?.content).toContain("<strong>fast</strong>: a &lt; b ]]&gt; &amp;");
    expect(live?.content).toContain('<a href="https://example.org/?a=1&amp;b=2">Read more</a>');
    expect(Math.abs(Date.parse(live?.isoDate ?? "") - Date.now())).toBeLessThan(120_000);
    expect(JSON.stringify(live)).toContain("Bo Byline");
    expect(failed?.title).toBe("Maintenance release – Shop & <Co> #1 (failed)");
    expect(failed?.content).toBe("<p>Releasing Shop &amp; &lt;Co&gt; #1 in Production failed.</p>");
    expect(JSON.stringify(failed)).not.toContain("Bo Byline");
    // Kind and environment of both: the parser reads those of Atom not at all.
    expect(xml.match(/<category\b/g)).toHaveLength(4);
  });
});

test("a JSON feed has the shape of version 1.1", async () => {
  await deploy(shop, "live");
  await deploy(shop, "failed");
  const response = await ask("/api/feed.json?service=shop&environment=production&kind=release");
  expect(response.headers.get("content-type")).toContain("application/feed+json");
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const item = {
    id: expect.stringContaining(`${portalUrl}`),
    url: expect.stringMatching(/^http:.*\/feed\/item\//),
    title: expect.any(String),
    content_html: expect.any(String),
    date_published: moment,
    date_modified: moment,
    tags: ["release", "production"],
  };
  const query = "environment=production&kind=release";
  expect(await response.json()).toEqual({
    version: "https://jsonfeed.org/version/1.1",
    title: "What is new – Shop & <Co> – Production – Releases",
    home_page_url: expect.stringMatching(new RegExp(`/feed/shop\\?${query}$`)),
    feed_url: expect.stringMatching(new RegExp(`/api/feed.json\\?service=shop&${query}$`)),
    items: [
      { ...item, title: "Maintenance release – Shop & <Co> #1 (failed)" },
      {
        ...item,
        authors: [{ name: "Bo Byline" }],
        content_html: "<p>Shop &amp; &lt;Co&gt; #1 is live in Production.</p>",
      },
    ],
  });
  expect(await (await ask("/api/feed.json?kind=hold")).json()).toMatchObject({ items: [] });
});

test("nothing that is not public stands in any of them", async () => {
  for (const rows of [shop, staging, hidden]) {
    await deploy(rows, "failed");
    await deploy(rows, "started");
    await putLive(rows);
  }
  const paths = [...feedFormats.map((format) => `/api/feed.${format}`), "/api/summary.json"];
  for (const path of [...paths, "/api/badges/shop/production"]) {
    const said = await (await ask(path)).text();
    expect([path, said]).toEqual([
      path,
      expect.not.stringMatching(/secret|hidden|staging|Bo Byline|example\.org/i),
    ]);
    expect(said).toMatch(/Shop|production/);
  }
});

describe("what is live", () => {
  test("stands in the summary, a component for each place", async () => {
    expect(await (await ask("/api/summary.json")).json()).toMatchObject({ components: [], incidents: [] });
    for (const rows of [shop, staging, hidden]) await putLive(rows);
    const [pointer] = await database.client.sql`
      select changed_at from pointers where service_environment_id = ${shop.serviceEnvironmentId}`;
    const updated_at = new Date(pointer?.changed_at).toISOString();
    expect(await (await ask("/api/summary.json")).json()).toEqual({
      page: { id: "anytime", name: "Anytime", url: expect.stringMatching(/^http:.*\/feed$/), updated_at },
      components: [
        { id: "shop/production", name: "Shop & <Co> – Production", status: "operational", updated_at },
      ],
      incidents: [],
    });
  });

  test("stands in a badge with the keys that shields knows", async () => {
    const badge = { schemaVersion: 1, label: "production", isError: false, cacheSeconds: 300 };
    const read = async () => (await ask("/api/badges/shop/production")).json();
    expect(await read()).toEqual({ ...badge, message: "not deployed", color: "lightgrey" });
    await putLive(shop);
    expect(await read()).toEqual({ ...badge, message: "#1", color: "brightgreen" });
  });
});

test("what is not public is answered as what does not exist", async () => {
  for (const rows of [shop, staging, hidden]) await putLive(rows);
  const answerTo = async (path: string) => {
    const response = await ask(path);
    const { date: _, ...headers } = Object.fromEntries(response.headers);
    return { status: response.status, headers, body: await response.text() };
  };
  const badges = [
    "nothing/production",
    "hidden/production",
    "shop/staging",
    "shop/nothing",
    "shop",
    "%00/%ff",
  ];
  const queries = ["service=nothing", "service=hidden", "environment=staging", "environment=nothing"];
  const groups = [badges.map((place) => `/api/badges/${place}`)];
  for (const format of feedFormats) groups.push(queries.map((query) => `/api/feed.${format}?${query}`));
  for (const [missing = "", ...others] of groups) {
    const expected = await answerTo(missing);
    expect(expected.status).toBe(404);
    for (const path of others) expect([path, await answerTo(path)]).toEqual([path, expected]);
  }
});

test.each([
  "/api/feed.rss",
  "/api/feed.atom",
  "/api/feed.json",
  "/api/summary.json",
  "/api/badges/shop/production",
])("%s may be read from anywhere, kept, and asked about, and nothing else", async (path) => {
  await deploy(shop, "live");
  const first = await ask(path);
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^W\/"[\w-]{27}"$/);
  const common = { "access-control-allow-origin": "*", "cache-control": "public, max-age=30" };
  expect(Object.fromEntries(first.headers)).toMatchObject(common);
  for (const known of [etag, `"other", ${etag.slice(2)}`, "*"]) {
    const again = await ask(path, { headers: { "if-none-match": known } });
    expect([known, again.status, await again.text()]).toEqual([known, 304, ""]);
    expect(Object.fromEntries(again.headers)).toMatchObject({ ...common, etag });
  }
  expect((await ask(path, { headers: { "if-none-match": 'W/"other"' } })).status).toBe(200);
  const head = await ask(path, { method: "HEAD" });
  expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, etag, ""]);
  const posted = await ask(path, { method: "POST", body: "{}" });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test.each([
  ["/api/feed.rss?kind=party", "kind"],
  ["/api/feed.atom?sevice=shop", "sevice"],
  ["/api/feed.json?service=shop&service=shop", "service"],
  ["/api/feed.json?service=%00", "service"],
  ["/api/summary.json?service=shop", "service"],
])("%s is refused, and %s named", async (path, field) => {
  const response = await ask(path);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ field, message: expect.any(String) });
});
