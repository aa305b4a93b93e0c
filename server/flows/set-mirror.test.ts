import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { readServicePage } from "./read-service-page.ts";
import { registerService } from "./register-service.ts";
import { type MirrorInput, setMirrorOf } from "./set-mirror.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** To where requests may be copied, and what is said about it. */
let database: TestDatabase;
let it: TestInstallation;

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile });
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
});
afterAll(async () => {
  await database.close();
  await it.close();
});

const set = (environmentSlug: string, mirror: MirrorInput | null, ctx = database.ctx) =>
  setMirrorOf(ctx, { slug: "shop", environmentSlug, mirror });
const toStaging = { to: "staging", share: 0.1, strip: [] };
async function page(environmentSlug: string) {
  const { environments } = await readServicePage(database.ctx, "shop", it.installation);
  return environments.find(({ environment }) => environment.slug === environmentSlug);
}

test("production's requests are copied to staging, less by hand, and no more when that is wanted", async () => {
  expect((await page("production"))?.mirror).toBeNull();
  await set("production", { ...toStaging, strip: ["X-Api-Key ", "x-api-key", ""] });
  const copies = { answered: 0, failed: 0, leftOut: 0 };
  const to = { slug: "staging", name: "Staging" };
  expect((await page("production"))?.mirror).toEqual({ to, share: 0.1, strip: ["x-api-key"], copies });
  const { generation = 0 } = (await page("production")) ?? {};
  await set("production", { ...toStaging, strip: ["x-api-key"] });
  expect((await page("production"))?.generation).toBe(generation);
  await set("production", { ...toStaging, share: 0.01 });
  expect((await page("production"))?.mirror).toMatchObject({ share: 0.01, strip: [] });
  await set("production", null);
  expect((await page("production"))?.mirror).toBeNull();
  const entries = await database.client.sql`
    select before, after from audit_entries where action = 'traffic/set-mirror' order by id`;
  expect(
    entries.map(({ before, after }) => [before.mirror?.share ?? null, after.mirror?.share ?? null]),
  ).toEqual([
    [null, 0.1],
    [0.1, 0.01],
    [0.01, null],
  ]);
  expect(entries[0]?.after).toEqual({ mirror: { to: "staging", share: 0.1, strip: ["x-api-key"] } });
});

test("nothing is copied to production, to itself, or to where the service is not", async () => {
  await expect(set("staging", { ...toStaging, to: "production" })).rejects.toThrow(ConflictError);
  await expect(set("staging", toStaging)).rejects.toThrow(ConflictError);
  await expect(set("production", { ...toStaging, to: "nowhere" })).rejects.toThrow(NotFoundError);
  expect((await page("staging"))?.mirror).toBeNull();
});

test.each([
  ["share", { share: 0 }],
  ["share", { share: 1.01 }],
  ["share", { share: Number.NaN }],
  ["strip", { strip: ["a b"] }],
  ["strip", { strip: Array.from({ length: 51 }, (_, at) => `x-${at}`) }],
])("what cannot be is refused where it was typed: %s %j", async (field, wrong) => {
  const refused = set("production", { ...toStaging, ...wrong });
  await expect(refused).rejects.toThrow(ValidationError);
  await expect(refused).rejects.toMatchObject({ field });
});

test("who only reads changes nothing", async () => {
  const actor = { kind: "user", id: 1, name: "Sam", email: "sam@example.org", role: "stakeholder" } as const;
  await expect(set("production", toStaging, { ...database.ctx, actor })).rejects.toThrow(ForbiddenError);
});
