import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { record } from "#server/kernel/audit.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import { ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { ensureTeam } from "#server/services/identity/ensure-team.ts";
import { areRightsSeparate } from "./are-rights-separate.ts";
import { exportEntries } from "./export-entries.ts";
import { listActions } from "./list-actions.ts";
import { type AuditFilter, listEntries } from "./list-entries.ts";
import { readEntry, readPage } from "./read-page.ts";

let database: TestDatabase;
let ctx: Context;
const person = { kind: "user", id: 1, name: "Ada", email: "ada@example.org", role: "admin" } as const;
const as = (actor: Actor): Context => ({ ...database.ctx, actor });

beforeAll(async () => {
  database = await openTestDatabase();
  ctx = as({ ...person, address: "192.0.2.7" });
  await record(ctx, { action: "services/register", subject: "service:shop", after: { name: "Shop" } });
  await record(as({ kind: "system", name: "worker" }), {
    action: "deployments/fail",
    subject: "deployment:7",
  });
  await record(ctx, { action: "test/odd", subject: '=cmd|"/c calc"!A1', after: { a: "-1,5", b: 'x\n"y"' } });
  await ensureTeam(ctx, "Web 100%");
});
afterAll(() => database.close());

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

const found = async (filter: AuditFilter) =>
  (await listEntries(ctx, { ...filter, limit: 50 })).items.map((entry) => entry.action);

test("newest first, narrowed down by each filter", async () => {
  const all = ["identity/create-team", "test/odd", "deployments/fail", "services/register"];
  expect(await found({})).toEqual(all);
  expect(await found({ text: "SHOP" })).toEqual(["services/register"]);
  expect(await found({ text: "ada" })).toHaveLength(3);
  expect(await found({ text: "100%_" })).toEqual([]);
  expect(await found({ action: "deployments/fail" })).toEqual(["deployments/fail"]);
  expect(await found({ actorKind: "system" })).toEqual(["deployments/fail"]);
  expect(await found({ actorKind: "user", text: "register" })).toEqual(["services/register"]);
  const tomorrow = new Date(Date.now() + 86_400_000);
  expect(await found({ from: tomorrow })).toEqual([]);
  expect(await found({ to: tomorrow, from: new Date(0) })).toEqual(all);
  expect(await listActions(ctx)).toEqual([...all].sort());
});

test("pages follow each other without a gap, also where entries share their moment", async () => {
  await database.client.sql`
    insert into audit_entries (happened_at, actor_kind, actor_name, action, subject)
    select '2020-01-01', 'system', 'old', 'test/old', 'n:' || n from generate_series(1, 25) n`;
  const subjects: string[] = [];
  let before: number | undefined;
  do {
    const page = await listEntries(ctx, { action: "test/old", limit: 10, before });
    subjects.push(...page.items.map((entry) => entry.subject));
    before = page.nextBefore ?? undefined;
  } while (before !== undefined);
  expect(subjects).toEqual(Array.from({ length: 25 }, (_, index) => `n:${25 - index}`));
});

test("a search looks at a bounded number of entries for a page, then offers to look further", async () => {
  await database.client.sql.begin(async (sql) => {
    // Its chain is not what is looked at here, and makes so many at once slow.
    await sql`set local session_replication_role = replica`;
    await sql`
      insert into audit_entries (happened_at, actor_kind, actor_name, action, subject)
      select '2021-01-01'::timestamptz + n * interval '1 second', 'system', 'many', 'test/many', 'n:' || n
      from generate_series(1, 20100) n`;
  });
  const early = await listEntries(ctx, { text: "n:1", to: new Date("2021-01-01T00:00:15Z"), limit: 50 });
  expect(early.items.slice(0, 3).map((entry) => entry.subject)).toEqual(["n:14", "n:13", "n:12"]);
  const empty = await listEntries(ctx, { text: "not there", limit: 50 });
  expect(empty.items).toEqual([]);
  expect(empty.nextBefore).not.toBeNull();
  const end = await listEntries(ctx, { text: "not there", limit: 50, before: empty.nextBefore ?? 0 });
  expect(end).toEqual({ items: [], nextBefore: null });
});

test("subjects have the names of now, and a page where there is one", async () => {
  const { sql } = database.client;
  await sql`insert into services (slug, name, repository_url, default_branch) values ('shop', 'Web shop', 'x', 'main')`;
  const { items } = await readPage(ctx, { from: new Date(Date.now() - 3_600_000), limit: 50 });
  expect(items.map(({ subject }) => subject)).toEqual([
    { key: expect.stringMatching(/^team:/), text: "Team Web 100%", page: null },
    { key: '=cmd|"/c calc"!A1', text: '=cmd|"/c calc"!A1', page: null },
    { key: "deployment:7", text: "Deployment 7", page: null },
    { key: "service:shop", text: "Service Web shop", page: { name: "service", slug: "shop" } },
  ]);
  const entry = await readEntry(ctx, items.at(-1)?.id ?? 0);
  expect(entry).toMatchObject({
    before: null,
    after: { name: "Shop" },
    actorAddress: "192.0.2.7",
    hasChange: true,
  });
  await expect(readEntry(ctx, 999_999_999)).rejects.toThrow(NotFoundError);
});

test("a spreadsheet gets no formula, and commas, quotes and line breaks stay in their cell", async () => {
  const text = await whole(exportEntries(ctx, { action: "test/odd" }, "csv"));
  const [heading, line, ...more] = text.split("\r\n");
  expect(more).toEqual([""]);
  expect(heading).toBe(
    '"sequence","id","happenedAt","actorKind","actorId","actorName","actorAddress","action","subject","before","after","hash"',
  );
  expect(line).toContain(
    `,"user","1","Ada","192.0.2.7","test/odd","'=cmd|""/c calc""!A1","","{""a"": ""-1,5""`,
  );
});

test("JSON Lines are one object a line, all of them however many", async () => {
  const text = await whole(exportEntries(ctx, { action: "test/many" }, "jsonl"));
  const lines = text.trimEnd().split("\n");
  expect(lines).toHaveLength(20_100);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ action: "test/many", before: null, subject: "n:20100" });
});

test("only who may read the audit log reads it", async () => {
  const engineer = as({ ...person, role: "engineer" });
  await expect(listEntries(engineer, { limit: 1 })).rejects.toThrow(ForbiddenError);
  await expect(listActions(engineer)).rejects.toThrow(ForbiddenError);
  await expect(readEntry(engineer, 1)).rejects.toThrow(ForbiddenError);
});

test("the owner's own role is not a separate one", async () => {
  expect(await areRightsSeparate(database.ctx)).toBe(false);
});
