import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertRelease, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { DeploymentKind } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { dismissNote } from "./dismiss-note.ts";
import { listMissingNotes } from "./list-missing-notes.ts";
import { writeNote } from "./write-note.ts";

/** Who is asked to say what a release brings, and until when. */
let database: TestDatabase;
let production: TrafficRows;
let staging: TrafficRows;
let internal: TrafficRows;
let service: { id: number; slug: string };

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  staging = await insertServiceEnvironment(sql, { service: "shop", environment: "staging" });
  production = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  internal = await insertServiceEnvironment(sql, { service: "hidden", environment: "production" });
  await sql`update services set is_public = slug = 'shop'`;
  await sql`update environments set is_shown = true, is_production = slug = 'production'`;
  const [row] = await sql`select id::int, slug from services where slug = 'shop'`;
  service = { id: row?.id, slug: "shop" };
  for (const [id, name] of [
    [7, "Ada"],
    [8, "Bo"],
  ] as const) {
    await sql`
      insert into users (id, email, name, role) overriding system value
      values (${id}, ${`${name}@example.org`}, ${name}, 'engineer')`;
  }
});
afterAll(() => database.close());
beforeEach(async () => {
  const { sql } = database.client;
  await sql`delete from deployments`;
  await sql`delete from notes`;
  await sql`delete from note_dismissals`;
});

const person = (id: number, name: string): Context => ({
  ...database.ctx,
  actor: { kind: "user", id, name, email: `${name}@example.org`, role: "engineer" },
});
const ada = () => person(7, "Ada");
const bo = () => person(8, "Bo");
const shaOf = (letter: string) => letter.repeat(40);

async function wentLive(
  rows: TrafficRows,
  {
    kind = "deploy",
    sha = shaOf("a"),
    daysAgo = 0,
  }: { kind?: DeploymentKind; sha?: string; daysAgo?: number } = {},
): Promise<void> {
  await database.client.sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
      requested_by, requested_by_name, started_at, switched_at, finished_at)
    select ${rows.serviceEnvironmentId}, ${kind}, 'succeeded', ${sha}, 'First', 'Ada', ${rows.releaseId}, 7, 'Ada',
      at, at, at from (select clock_timestamp() - ${daysAgo} * interval '1 day' as at) as moment`;
}

const missing = async (ctx = ada()) => (await listMissingNotes(ctx)).map(({ sha }) => sha.charAt(0));

test("who put a release into production without a note is asked, and nobody else", async () => {
  await wentLive(production);
  expect(await listMissingNotes(ada())).toEqual([
    {
      deploymentId: expect.any(Number),
      serviceSlug: "shop",
      serviceName: "shop",
      environmentName: "production",
      releaseNumber: 2,
      sha: shaOf("a"),
      liveSince: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ]);
  expect([await missing(bo()), await missing(database.ctx)]).toEqual([[], []]);
});

test("nobody is asked for what users do not see, and for what was long ago", async () => {
  await wentLive(staging);
  await wentLive(internal);
  await wentLive(production, { daysAgo: 31 });
  expect(await missing()).toEqual([]);
});

test("a promotion and a roll forward are releases; what ships the same again is looked through", async () => {
  for (const kind of ["promote", "roll-forward"] as const) {
    await database.client.sql`delete from deployments`;
    await wentLive(production, { kind });
    for (const keeping of ["restart", "scale", "configure"] as const) {
      await wentLive(production, { kind: keeping });
    }
    expect([kind, await missing()]).toEqual([kind, ["a"]]);
  }
});

test("only the newest is asked for, and after a switch-back none", async () => {
  await wentLive(production, { daysAgo: 2 });
  await wentLive(production, { sha: shaOf("b"), daysAgo: 1 });
  expect(await missing()).toEqual(["b"]);
  await wentLive(production, { kind: "switch-back" });
  expect(await missing()).toEqual([]);
});

test("a note ends it, also somebody else's, and taking it back begins it again", async () => {
  await wentLive(production);
  await writeNote(bo(), service, shaOf("a"), { kind: "new", text: "Hats are here.", linkUrl: null });
  expect(await missing()).toEqual([]);
  await writeNote(bo(), service, shaOf("a"), { kind: "new", text: "", linkUrl: null });
  expect(await missing()).toEqual(["a"]);
});

test("that nothing changes for users is said once, kept, and stands in the audit log", async () => {
  await wentLive(production);
  await dismissNote(ada(), service, shaOf("a"));
  await dismissNote(bo(), service, shaOf("a"));
  expect(await missing()).toEqual([]);
  const entries = await database.client.sql`
    select actor_name, subject from audit_entries where action = 'feed/dismiss-note'`;
  expect([...entries]).toEqual([{ actor_name: "Ada", subject: "service:shop" }]);
  await wentLive(
    { ...production, releaseId: await insertRelease(database.client.sql, production) },
    { sha: shaOf("c") },
  );
  expect(await missing()).toEqual(["c"]);
});
