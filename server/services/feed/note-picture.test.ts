import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { publicItemOf } from "#server/domain/public-item.ts";
import type { Context } from "#server/kernel/context.ts";
import { dropUnusedPictures } from "./drop-unused-pictures.ts";
import { keepPicture } from "./keep-picture.ts";
import { publishDeployment } from "./publish.ts";
import { readFeedPage } from "./read-page.ts";
import { readPicture } from "./read-picture.ts";
import { renderNote } from "./render-note.ts";
import { pictures } from "./testing/pictures.ts";
import { writeNote } from "./write-note.ts";

let database: TestDatabase;
let rows: TrafficRows;
let shop: { id: number; slug: string };
let news: { id: number; slug: string };
const sha = "a".repeat(40);

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  rows = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  await insertServiceEnvironment(sql, { service: "news", environment: "production" });
  await sql`
    insert into users (id, email, name, role) overriding system value values (7, 'ada@example.org', 'Ada', 'engineer')`;
  const found = await sql`select id::int, slug from services order by id`;
  [shop, news] = found.map(({ id, slug }) => ({ id, slug })) as [typeof shop, typeof news];
});
afterAll(() => database.close());
beforeEach(async () => {
  const { sql } = database.client;
  await sql`delete from deployments`;
  await sql`delete from notes`;
  await sql`delete from note_pictures`;
  await sql`update services set is_public = true, removal_requested_at = null`;
  await sql`update environments set is_shown = true`;
});

const ada = (): Context => ({
  ...database.ctx,
  actor: { kind: "user", id: 7, name: "Ada", email: "ada@example.org", role: "engineer" },
});

async function ship(state: "live" | "cancelled" | "waiting" = "live"): Promise<number> {
  const status = { live: "succeeded", cancelled: "cancelled", waiting: "queued" }[state];
  const { sql } = database.client;
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
      requested_by_name, started_at, finished_at)
    values (${rows.serviceEnvironmentId}, 'deploy', ${status}, ${sha}, 'First', 'Ada', ${rows.releaseId}, 'Ada', now(),
      ${state === "waiting" ? null : sql`now()`}) returning id::int`;
  await publishDeployment(database.ctx, row?.id, state);
  return row?.id;
}

const note = (picture: { id: string; description: string } | null, text = "Hats are here.") =>
  writeNote(ada(), shop, sha, { kind: "new", text, linkUrl: null, picture });
const isPublic = async (id: string) => (await readPicture(database.ctx, id))?.isPublic;

test("a picture is kept as it may be shown, and the audit log says what came", async () => {
  const kept = await keepPicture(ada(), shop, Buffer.concat([pictures.png, Buffer.from("secret place")]));
  expect(kept).toEqual({ id: expect.any(String), width: 3, height: 2 });
  const read = await readPicture(database.ctx, kept.id);
  expect(read).toMatchObject({ mediaType: "image/png", isPublic: false });
  expect(pictures.png.equals(read?.body ?? Buffer.of())).toBe(true);
  const [entry] = await database.client.sql`
    select actor_name, subject, after from audit_entries where action = 'feed/upload-picture' order by id desc limit 1`;
  expect(entry).toEqual({
    actor_name: "Ada",
    subject: "service:shop",
    after: { picture: kept.id, mediaType: "image/png", bytes: pictures.png.length, width: 3, height: 2 },
  });
  expect(await readPicture(database.ctx, "00000000-0000-4000-8000-000000000000")).toBeNull();
});

test("what is no picture leaves nothing behind, and so does who may not deploy", async () => {
  await expect(keepPicture(ada(), shop, Buffer.from("<svg/>"))).rejects.toMatchObject({ field: "picture" });
  const stakeholder = { ...ada(), actor: { ...ada().actor, role: "stakeholder" } } as Context;
  await expect(keepPicture(stakeholder, shop, pictures.png)).rejects.toThrow("Your role");
  expect(await database.client.sql`select from note_pictures`).toHaveLength(0);
});

test("thirty an hour are enough, also when many come at once", async () => {
  const many = Array.from({ length: 33 }, () => keepPicture(ada(), shop, pictures.gif));
  const outcomes = (await Promise.allSettled(many)).map(({ status }) => status);
  expect(outcomes.filter((status) => status === "fulfilled")).toHaveLength(30);
  await expect(keepPicture(ada(), shop, pictures.gif)).rejects.toThrow("30 pictures within an hour");
  await database.client.sql`update note_pictures set uploaded_at = now() - interval '61 minutes'`;
  await expect(keepPicture(ada(), shop, pictures.gif)).resolves.toBeDefined();
});

test("a note shows its picture, with a description for those who cannot see it", async () => {
  const { id } = await keepPicture(ada(), shop, pictures.jpeg);
  await ship();
  await expect(note({ id, description: "  " })).rejects.toMatchObject({ field: "pictureDescription" });
  await note({ id, description: "A red hat" });
  const { rows: found } = await readFeedPage(database.ctx, "public", { limit: 1 });
  const [item] = found.map((row) => publicItemOf(row, renderNote));
  expect(item?.note?.picture).toEqual({ id, description: "A red hat", width: 3, height: 2 });
  const [entry] = await database.client.sql`
    select after from audit_entries where action = 'feed/write-note' order by id desc limit 1`;
  expect(entry?.after).toMatchObject({ pictureId: id, pictureDescription: "A red hat" });
});

test("a note shows no picture of another service, and none that is gone", async () => {
  const { id } = await keepPicture(ada(), news, pictures.png);
  await expect(note({ id, description: "Red" })).rejects.toMatchObject({ field: "picture" });
  await database.client.sql`delete from note_pictures`;
  await expect(note({ id, description: "Red" })).rejects.toMatchObject({ field: "picture" });
});

describe("a picture is public", () => {
  let id: string;
  let deploymentId: number;
  beforeEach(async () => {
    ({ id } = await keepPicture(ada(), shop, pictures.webp));
    deploymentId = await ship();
    await note({ id, description: "Red" });
    expect(await isPublic(id)).toBe(true);
  });

  test.each([
    ["the service is", "update services set is_public = false where slug = 'shop'"],
    ["the service stays", "update services set removal_requested_at = now() where slug = 'shop'"],
    ["its environment is shown", "update environments set is_shown = false"],
  ])("only while %s", async (_, statement) => {
    await database.client.sql.unsafe(statement);
    expect(await isPublic(id)).toBe(false);
  });

  test.each(["cancelled", "waiting"] as const)("not where its release is %s", async (state) => {
    await publishDeployment(database.ctx, deploymentId, state);
    expect(await isPublic(id)).toBe(false);
  });

  test("not after the note was taken back, or shows another", async () => {
    await note(null);
    expect(await isPublic(id)).toBe(false);
    await note({ id, description: "Red again" });
    expect(await isPublic(id)).toBe(true);
    const other = await keepPicture(ada(), shop, pictures.png);
    await note({ id: other.id, description: "Red, larger" });
    expect([await isPublic(id), await isPublic(other.id)]).toEqual([false, true]);
    await note({ id: other.id, description: "Red, larger" }, "");
    expect(await isPublic(other.id)).toBe(false);
  });

  test("not before a release ships it", async () => {
    await database.client.sql`delete from deployments`;
    expect(await isPublic(id)).toBe(false);
  });
});

test("what no note ever showed is dropped after a day, and all of it with its service", async () => {
  const [shown, unused, young] = [
    await keepPicture(ada(), news, pictures.png),
    await keepPicture(ada(), news, pictures.png),
    await keepPicture(ada(), news, pictures.png),
  ];
  const picture = { id: shown.id, description: "Red" };
  await writeNote(ada(), news, sha, { kind: "new", text: "Red.", linkUrl: null, picture });
  await writeNote(ada(), news, sha, { kind: "new", text: "", linkUrl: null });
  await database.client.sql`
    update note_pictures set uploaded_at = now() - interval '25 hours' where id <> ${young.id}`;
  expect([await dropUnusedPictures(database.ctx), await dropUnusedPictures(database.ctx)]).toEqual([1, 0]);
  const left = async () =>
    (await database.client.sql`select id from note_pictures`).map(({ id }) => id as string).sort();
  expect(await left()).toEqual([shown.id, young.id].sort());
  expect(await readPicture(database.ctx, unused.id)).toBeNull();
  await database.client.sql`delete from services where slug = 'news'`;
  expect(await left()).toEqual([]);
});
