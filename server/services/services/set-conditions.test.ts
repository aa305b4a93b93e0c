import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Condition } from "#server/domain/conditions.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import { ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { ensureEnvironments } from "./ensure-environments.ts";
import { environmentOf, getService } from "./get-service.ts";
import { register } from "./register.ts";
import { setConditions } from "./set-conditions.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await ensureEnvironments(database.ctx);
  await register(database.ctx, {
    slug: "shop",
    name: "Shop",
    team: null,
    repositoryUrl: "https://git.example.org/shop.git",
    defaultBranch: "main",
    typedSettings: null,
    environmentSlugs: null,
    isTour: false,
  });
});
afterAll(() => database.close());

const green: Condition = { kind: "ci-green", mayOverride: true };
const reviewed: Condition = { kind: "reviewed", mayOverride: false };
const set = (conditions: Condition[], ctx: Context = database.ctx, environmentSlug = "production") =>
  setConditions(ctx, { slug: "shop", environmentSlug, conditions });
const stored = async (slug: string) => environmentOf(await getService(database.ctx, "shop"), slug).conditions;

test("conditions are set for one environment, in one order; what was before is given back and audited", async () => {
  expect(await stored("production")).toEqual([]);
  expect(await set([green, reviewed])).toEqual({ before: [], after: [reviewed, green] });
  expect(await set([green])).toEqual({ before: [reviewed, green], after: [green] });
  expect(await set([green])).toEqual({ before: [green], after: [green] });
  expect(await stored("production")).toEqual([green]);
  expect(await stored("staging")).toEqual([]);
  const [entry] = await database.client.sql`select before, after from audit_entries
    where action = 'services/set-conditions' and subject = 'service:shop' order by id desc limit 1`;
  expect(entry).toEqual({
    before: { environment: "production", conditions: [reviewed, green] },
    after: { environment: "production", conditions: [green] },
  });
});

test.each<[string, Actor, boolean]>([
  ["an engineer", { kind: "user", id: 1, name: "Ada", email: "a@example.org", role: "engineer" }, true],
  ["a stakeholder", { kind: "user", id: 1, name: "Ada", email: "a@example.org", role: "stakeholder" }, false],
  [
    "a token of this service",
    { kind: "token", id: 7, name: "T", permissions: ["manageServices"], services: ["shop"] },
    true,
  ],
  [
    "a token of another",
    { kind: "token", id: 7, name: "T", permissions: ["manageServices"], services: ["kiosk"] },
    false,
  ],
  [
    "a token for facts",
    { kind: "token", id: 7, name: "T", permissions: ["reportFacts"], services: null },
    false,
  ],
])("%s may set them or not", async (_, actor, isAllowed) => {
  const attempt = set([green], { ...database.ctx, actor });
  if (isAllowed) await expect(attempt).resolves.toMatchObject({ after: [green] });
  else await expect(attempt).rejects.toBeInstanceOf(ForbiddenError);
});

test("an unknown one, or one twice, is refused by its field; an unknown place is missing", async () => {
  const unknown = { kind: "approved-by-boss" as "reviewed", mayOverride: false };
  for (const conditions of [[unknown], [green, green]]) {
    await expect(set(conditions)).rejects.toMatchObject({ name: "ValidationError", field: "conditions" });
  }
  await expect(set([], database.ctx, "moon")).rejects.toBeInstanceOf(NotFoundError);
  expect(await stored("production")).toEqual([green]);
});
