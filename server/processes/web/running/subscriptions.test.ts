import { parseFeed } from "feedsmith";
import Parser from "rss-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";

/** What anybody subscribes to, as the whole portal answers it. `shop` and `news` are public, `hidden` is not. */
let portal: RunningPortal;

beforeAll(async () => {
  portal = await openRunningPortal();
  const { sql } = portal.database.client;
  for (const service of ["shop", "news", "hidden"]) {
    const rows = await insertServiceEnvironment(sql, { service, environment: "production" });
    await putLive(rows);
  }
  await sql`update services set is_public = true where slug <> 'hidden'`;
  await sql`update environments set is_shown = true`;
});
afterAll(() => portal.stop());

async function putLive({ serviceEnvironmentId, releaseId }: TrafficRows): Promise<void> {
  const { sql } = portal.database.client;
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
      requested_by_name, started_at, switched_at, finished_at)
    values (${serviceEnvironmentId}, 'deploy', 'succeeded', ${"a".repeat(40)}, 'Secret', 'Ada', ${releaseId}, 'Ada',
      now(), now(), now()) returning id::int`;
  await sql`
    update pools set release_id = ${releaseId}, deployment_id = ${row?.id}
    where service_environment_id = ${serviceEnvironmentId} and color = 'blue'`;
  await sql`update pointers set live_pool = 'blue' where service_environment_id = ${serviceEnvironmentId}`;
  await publishDeployment(portal.database.ctx, row?.id, "live");
}

const feeds = [
  ["/api/feed.rss", "application/rss+xml; charset=utf-8"],
  ["/api/feed.atom", "application/atom+xml; charset=utf-8"],
  ["/api/feed.json", "application/feed+json; charset=utf-8"],
] as const;
const files = [
  ...feeds,
  ["/api/summary.json", "application/json; charset=utf-8"],
  ["/api/badges/shop/production", "application/json; charset=utf-8"],
] as const;

describe.each(files)("%s", (path, mediaType) => {
  test("may be kept for half a minute by anybody, whoever asks", async () => {
    const cookie = await portal.cookieOf("admin");
    const [visitor, admin] = [await portal.ask(path), await portal.ask(path, { headers: { cookie } })];
    for (const { status, headers } of [visitor, admin]) {
      expect([status, headers.get("content-type")]).toEqual([200, mediaType]);
      expect(headers.get("cache-control")).toBe("public, max-age=30");
      expect(headers.get("set-cookie")).toBeNull();
    }
    expect(await admin.text()).toBe(await visitor.text());
  });

  test("is not sent to who has it already, and HEAD says what GET would", async () => {
    const { headers } = await portal.ask(path);
    const etag = headers.get("etag") ?? "";
    const again = await portal.ask(path, { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect(Object.fromEntries(again.headers)).toMatchObject({ etag, "cache-control": "public, max-age=30" });
    const head = await portal.ask(path, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    for (const name of ["etag", "content-type", "cache-control", "access-control-allow-origin"]) {
      expect([name, head.headers.get(name)]).toEqual([name, headers.get(name)]);
    }
  });
});

test("what else the API answers may be kept by nobody", async () => {
  const cookie = await portal.cookieOf("admin");
  const paths = [
    "/api/trpc/feed.public?input=%7B%7D",
    "/api/v1/openapi.json",
    "/api/auth/session",
    "/api/audit/export?format=csv",
    "/api/feed/live",
    "/api/badges/shop",
    "/api/feedXrss",
    "/api/nowhere",
  ];
  for (const path of paths) {
    const { headers, body } = await portal.ask(path, { headers: { cookie } });
    await body?.cancel();
    expect([path, headers.get("cache-control")]).toEqual([path, expect.stringContaining("no-store")]);
  }
});

test.each(feeds)("%s is read by parsers that are not ours, and narrowed to one service", async (path) => {
  const links = async (query: string) => {
    const text = await (await portal.ask(`${path}${query}`)).text();
    expect(text).not.toMatch(/hidden|Secret|Ada/);
    const { format, feed } = parseFeed(text);
    expect(format).toBe(path.slice("/api/feed.".length));
    const entries = (("entries" in feed ? feed.entries : undefined) ??
      ("items" in feed ? feed.items : undefined) ??
      []) as { id?: string; link?: string }[];
    const read = entries.map((entry) => entry.link ?? entry.id);
    if (format !== "json") {
      const { items } = await new Parser().parseString(text);
      expect(items.map(({ link }) => link)).toEqual(read);
    }
    return read;
  };
  const all = await links("");
  const shop = await links("?service=shop");
  expect([all.length, shop.length]).toEqual([2, 1]);
  expect(all).toContain(shop[0]);
  expect(await links("?kind=hold")).toEqual([]);
});

test.each([
  ...feeds.map(([path]) => [`${path}?service=nothing`, `${path}?service=hidden`]),
  ["/api/badges/nothing/production", "/api/badges/hidden/production"],
])("%s is answered as %s is, to the byte", async (unknown, internal) => {
  for (const method of ["GET", "HEAD"]) {
    const [expected, answered] = [await answerTo(unknown, method), await answerTo(internal, method)];
    expect(answered).toEqual(expected);
    expect([expected.status, expected.headers["cache-control"]]).toEqual([404, "public, max-age=30"]);
  }
});

async function answerTo(path: string, method: string) {
  const response = await portal.ask(path, { method });
  const { date: _, "content-security-policy": policy, ...headers } = Object.fromEntries(response.headers);
  // Each answer has a nonce of its own.
  const sameForAll = policy?.replaceAll(/'nonce-[^']+'/g, "");
  return { status: response.status, headers, policy: sameForAll, body: await response.text() };
}
