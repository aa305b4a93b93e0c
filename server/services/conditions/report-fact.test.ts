import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Role, TokenPermission } from "#server/domain/permissions.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import { ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { listFacts } from "./list-facts.ts";
import { type FactReport, reportFact } from "./report-fact.ts";

let database: TestDatabase;
let serviceId: number;
beforeAll(async () => {
  database = await openTestDatabase();
  const [row] = await database.client.sql`insert into services (slug, name, repository_url, default_branch)
    values ('shop', 'Shop', 'https://git.example.org/shop.git', 'main') returning id::int`;
  serviceId = row?.id;
});
afterAll(() => database.close());

const sha = "a".repeat(40);
const report = (changes: Partial<FactReport> = {}, ctx: Context = database.ctx) =>
  reportFact(ctx, { serviceSlug: "shop", sha, fact: "ci", state: "passed", ...changes });
const as = (actor: Actor): Context => ({ ...database.ctx, actor });
const person = (role: Role) => as({ kind: "user", id: 1, name: "Ada", email: "ada@example.org", role });
const token = (permissions: TokenPermission[], services: string[] | null) =>
  as({ kind: "token", id: 7, name: "Jenkins", permissions, services });
const audited = () =>
  database.client.sql`select actor_name, before, after from audit_entries
    where action = 'conditions/report-fact' order by id`;

test("a report is kept with who made it, and the next one takes its place; the audit log has both", async () => {
  const jenkins = token(["reportFacts"], ["shop"]);
  await report({ state: "pending", url: "https://ci.example.org/runs/7" }, jenkins);
  await report({ state: "failed" }, jenkins);
  const facts = await listFacts(database.ctx, serviceId, [sha, "b".repeat(40)]);
  expect([...facts.keys()]).toEqual([sha]);
  expect(facts.get(sha)).toEqual([
    { fact: "ci", state: "failed", url: null, reportedByName: "Jenkins", reportedAt: expect.any(String) },
  ]);
  expect(await audited()).toMatchObject([
    { actor_name: "Jenkins", before: null, after: { sha, fact: "ci", state: "pending" } },
    { before: { state: "pending", url: "https://ci.example.org/runs/7" }, after: { state: "failed" } },
  ]);
});

test("reports that come at the same time leave one fact", async () => {
  const commit = "c".repeat(40);
  await Promise.all(Array.from({ length: 8 }, () => report({ sha: commit, state: "passed" })));
  expect((await listFacts(database.ctx, serviceId, [commit])).get(commit)).toHaveLength(1);
  const entries = (await audited()).filter(({ after }) => after.sha === commit);
  expect(entries).toHaveLength(8);
  expect(entries.filter(({ before }) => before === null)).toHaveLength(1);
});

test.each<[string, () => Context, boolean]>([
  ["a stakeholder", () => person("stakeholder"), false],
  ["an engineer", () => person("engineer"), false],
  ["an administrator", () => person("admin"), false],
  ["a token for facts of all services", () => token(["reportFacts"], null), true],
  ["a token for facts of another service", () => token(["reportFacts"], ["kiosk"]), false],
  ["a token that may deploy", () => token(["read", "deploy"], null), false],
])("%s may report: %s", async (_, actor, isAllowed) => {
  if (isAllowed) await expect(report({}, actor())).resolves.toMatchObject({ state: "passed" });
  else await expect(report({}, actor())).rejects.toBeInstanceOf(ForbiddenError);
});

test.each([
  ["sha", { sha: "abc" }],
  ["sha", { sha: "--all" }],
  ["fact", { fact: "horoscope" as "ci" }],
  ["state", { state: "fine" as "passed" }],
  ["url", { url: "http://ci.example.org/7" }],
  ["url", { url: "javascript:alert(1)" }],
  ["url", { url: "https://user:secret@ci.example.org/7" }],
  ["url", { url: "ci" }],
  ["url", { url: `https://ci.example.org/${"x".repeat(2_000)}` }],
])("a wrong %s is refused by its name, and changes nothing: %j", async (field, changes) => {
  const before = await audited();
  await expect(report(changes)).rejects.toMatchObject({ name: "ValidationError", field });
  expect(await audited()).toHaveLength(before.length);
});

test("a service that does not exist is said to be missing", async () => {
  await expect(report({ serviceSlug: "nothing" })).rejects.toBeInstanceOf(NotFoundError);
});
