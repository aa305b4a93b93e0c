import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { endHold } from "#server/services/services/end-hold.ts";
import { listHolds } from "#server/services/services/list-holds.ts";
import { type HoldWish, placeHold } from "#server/services/services/place-hold.ts";
import { planDeployment } from "./plan-deployment.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** Who is held by what, when, and who deploys all the same. */
let database: TestDatabase;
let it: TestInstallation;
let ada: Context;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile });
  for (const slug of ["shop", "news"]) {
    await registerService(database.ctx, { slug, name: slug, repositoryUrl }, it.installation);
  }
  const [row] = await database.client.sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  ada = as({ kind: "user", id: row?.id, name: "Ada", email: "ada@example.org", role: "engineer" });
});
afterAll(async () => {
  await database.close();
  await it.close();
});
beforeEach(() => database.client.sql`delete from holds`);

const as = (actor: Actor): Context => ({ ...database.ctx, actor });
const bot = () => as({ kind: "token", id: 7, name: "Bot", permissions: ["deploy"], services: null });
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
const hold = (scope: Partial<HoldWish> = {}, ctx = ada) =>
  placeHold(ctx, {
    ...{ environmentSlug: null, serviceSlug: null, reason: "The big day.", endsAt: inHours(2) },
    ...scope,
  });
const wish = (serviceSlug: string, environmentSlug: string) =>
  ({ serviceSlug, environmentSlug, kind: "deploy" }) as const;
const isStopped = async (ctx: Context, service: string, environment: string) =>
  (await planDeployment(ctx, wish(service, environment), it.installation)).isStopped;

test.each<[string, Partial<HoldWish>, held: string[]]>([
  ["everything", {}, ["shop/staging", "shop/production", "news/staging"]],
  ["an environment", { environmentSlug: "staging" }, ["shop/staging", "news/staging"]],
  ["a service in one", { environmentSlug: "staging", serviceSlug: "shop" }, ["shop/staging"]],
])("a hold of %s stops machines there and nowhere else, and people nowhere", async (_, scope, held) => {
  await hold(scope);
  for (const place of ["shop/staging", "shop/production", "news/staging"]) {
    const [service = "", environment = ""] = place.split("/");
    expect([place, await isStopped(bot(), service, environment)]).toEqual([place, held.includes(place)]);
    expect([place, await isStopped(ada, service, environment)]).toEqual([place, false]);
  }
});

test("a person reads why and deploys; a machine is refused with why", async () => {
  const { id } = await hold({ environmentSlug: "staging" });
  const { reasons } = await planDeployment(ada, wish("shop", "staging"), it.installation);
  expect(reasons).toContainEqual({
    weight: "warns",
    text: expect.stringMatching(/^Staging is held until \d+ \w+ \d{4}, \d\d:\d\d UTC: The big day\.$/),
  });
  const asked = requestDeployment(bot(), wish("shop", "staging"), it.installation);
  await expect(asked).rejects.toThrow("Machines deploy nothing until then; a person still can.");
  await expect(requestDeployment(ada, wish("shop", "staging"), it.installation)).resolves.toBeDefined();
  await endHold(ada, { holdId: id });
  expect(await listHolds(ada)).toEqual([]);
  expect(await isStopped(bot(), "shop", "staging")).toBe(false);
  await expect(endHold(ada, { holdId: id })).rejects.toBeInstanceOf(ConflictError);
});

test("a hold is over by itself", async () => {
  await hold({ endsAt: inHours(1) });
  const later = { ...ada, now: () => inHours(1.01) };
  expect(await listHolds(ada)).toHaveLength(1);
  expect(await listHolds(later)).toEqual([]);
});

test.each<[string, Partial<HoldWish>]>([
  ["endsAt", { endsAt: new Date(Number.NaN) }],
  ["endsAt", { endsAt: new Date(Date.now() - 1_000) }],
  ["endsAt", { endsAt: inHours(24 * 32) }],
  ["reason", { reason: "  no " }],
  ["reason", { reason: "x".repeat(301) }],
  ["reason", { reason: "a\0 big day" }],
  ["environmentSlug", { serviceSlug: "shop" }],
])("a hold with a wrong %s is refused: %j", async (field, wrong) => {
  await expect(hold(wrong)).rejects.toMatchObject({ name: "ValidationError", field });
  expect(await listHolds(ada)).toEqual([]);
});

test("it is about what there is, and people place it", async () => {
  await expect(hold({ environmentSlug: "nowhere" })).rejects.toBeInstanceOf(NotFoundError);
  await expect(hold({ environmentSlug: "staging", serviceSlug: "nothing" })).rejects.toBeInstanceOf(
    NotFoundError,
  );
  const reader = as({ kind: "user", id: 1, name: "Eve", email: "eve@example.org", role: "stakeholder" });
  for (const ctx of [reader, bot()]) await expect(hold({}, ctx)).rejects.toBeInstanceOf(ForbiddenError);
});
