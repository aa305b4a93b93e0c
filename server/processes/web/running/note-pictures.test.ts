import { afterAll, beforeAll, expect, test } from "vitest";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { pictures } from "#server/services/feed/testing/pictures.ts";
import { writeNote } from "#server/services/feed/write-note.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";

/** A picture on its way from the one who writes a note to everybody who reads it, as the whole portal lets it pass. */
let portal: RunningPortal;
let shop: { id: number; slug: string };
const sha = "a".repeat(40);
const place = "51°30′N 0°7′W";

beforeAll(async () => {
  portal = await openRunningPortal();
  const { sql } = portal.database.client;
  const rows = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  await sql`update environments set is_shown = true`;
  const [deployment] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
      requested_by_name, started_at, switched_at, finished_at)
    values (${rows.serviceEnvironmentId}, 'deploy', 'succeeded', ${sha}, 'First', 'Ada', ${rows.releaseId}, 'Ada', now(),
      now(), now()) returning id::int`;
  await publishDeployment(portal.database.ctx, deployment?.id, "live");
  const [row] = await sql`select id::int from services`;
  shop = { id: row?.id, slug: "shop" };
});
afterAll(() => portal.stop());

async function upload(
  body: Buffer | string,
  { role = "engineer", headers = {}, query = "service=shop" }: Asked = {},
): Promise<Response> {
  const cookie: Record<string, string> = role === null ? {} : { cookie: await portal.cookieOf(role) };
  return portal.ask(`/api/note-pictures?${query}`, {
    method: "POST",
    headers: { origin: portal.url, ...cookie, ...headers },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
}
type Asked = {
  role?: "engineer" | "stakeholder" | null;
  headers?: Record<string, string>;
  query?: string;
};

/** A photograph that says where it was taken. */
const photograph = () => {
  const exif = Buffer.from(`Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0${place}`);
  const head = Buffer.of(0xff, 0xe1, 0, exif.length + 2);
  return Buffer.concat([pictures.jpeg.subarray(0, 2), head, exif, pictures.jpeg.subarray(2)]);
};

test("only who may deploy uploads, from a page of the portal, and only pictures of a bounded size", async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const jpeg = { "content-type": "image/jpeg" };
  const tooLarge = Buffer.concat([pictures.png, Buffer.alloc(1024 * 1024)]);
  const refused: [status: number, response: Response][] = [
    [401, await upload(pictures.png, { role: null })],
    [403, await upload(pictures.png, { role: "stakeholder" })],
    [403, await upload(pictures.png, { headers: { origin: "https://evil.example" } })],
    [403, await upload(pictures.png, { headers: { "sec-fetch-site": "cross-site" } })],
    [400, await upload(svg, { headers: jpeg })],
    [400, await upload("", { headers: jpeg })],
    [400, await upload(pictures.png.subarray(0, 60))],
    [400, await upload(pictures.png, { query: "" })],
    [404, await upload(pictures.png, { query: "service=nothing" })],
    [413, await upload(tooLarge)],
    [413, await upload(Buffer.alloc(100_000), { role: null })],
  ];
  for (const [status, response] of refused) {
    const said = await response.text();
    expect([said, response.status]).toEqual([said, status]);
    expect(said).not.toContain("svg xmlns");
  }
  expect(await portal.database.client.sql`select from note_pictures`).toHaveLength(0);
});

test("a picture is for those who are signed in, until a public line shows it, and then for everybody", async () => {
  const uploaded = await upload(photograph());
  expect(uploaded.status).toBe(200);
  const { id } = (await uploaded.json()) as { id: string };
  const path = `/api/note-pictures/${id}`;
  const cookie = await portal.cookieOf("stakeholder");
  const none = await answerTo("/api/note-pictures/00000000-0000-4000-8000-000000000000");
  expect(none.status).toBe(404);
  expect(await answerTo(path)).toEqual(none);

  const mine = await portal.ask(path, { headers: { cookie } });
  expect([mine.status, mine.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
  const own = Buffer.from(await mine.arrayBuffer());
  expect(own.equals(pictures.jpeg)).toBe(true);

  const { sql } = portal.database.client;
  await writeNote(await portal.contextOf("engineer"), shop, sha, {
    ...{ kind: "new", text: "Hats are here.", linkUrl: null },
    picture: { id, description: 'A "red" hat' },
  });
  expect(await answerTo(path)).toEqual(none);
  await sql`update services set is_public = true`;
  const everybodys = await portal.ask(path);
  const headers = Object.fromEntries(everybodys.headers);
  expect(headers).toMatchObject({
    "content-type": "image/jpeg",
    "content-length": String(pictures.jpeg.length),
    "cache-control": "public, max-age=60",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  });
  expect(Buffer.from(await everybodys.arrayBuffer()).toString("latin1")).not.toContain("Exif");
  const again = await portal.ask(path, { headers: { "if-none-match": headers.etag ?? "" } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  const head = await portal.ask(path, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
    200,
    String(pictures.jpeg.length),
    "",
  ]);
  expect((await portal.ask(path, { method: "POST", headers: { origin: portal.url } })).status).toBe(405);
  await showsItEverywhere(id);

  await sql`update services set is_public = false`;
  expect(await answerTo(path)).toEqual(none);
  expect((await portal.ask(path, { headers: { "if-none-match": headers.etag ?? "" } })).status).toBe(404);
});

async function showsItEverywhere(id: string): Promise<void> {
  const url = expect.stringMatching(new RegExp(`^http://localhost:\\d+/api/note-pictures/${id}$`));
  const feed = (await (await portal.ask("/api/feed.json")).json()) as { items: Record<string, string>[] };
  const [item] = feed.items;
  expect(item?.image).toEqual(url);
  expect(item?.content_html).toContain('alt="A &quot;red&quot; hat" width="3" height="2"');
  expect(await (await portal.ask("/feed/shop")).text()).toContain(`src="/api/note-pictures/${id}"`);
  const page = await (await portal.ask(new URL(item?.url ?? "").pathname)).text();
  expect(/<meta property="og:image" content="([^"]+)"/.exec(page)?.[1]).toEqual(url);
  expect(page).toContain('<meta property="og:image:alt" content="A &quot;red&quot; hat"/>');
  expect(page).toContain('<meta name="twitter:card" content="summary_large_image"/>');
}

async function answerTo(path: string) {
  const response = await portal.ask(path);
  const { date: _, "content-security-policy": policy, ...headers } = Object.fromEntries(response.headers);
  // Each answer has a nonce of its own.
  const sameForAll = policy?.replaceAll(/'nonce-[^']+'/g, "");
  return { status: response.status, headers, policy: sameForAll, body: await response.text() };
}
