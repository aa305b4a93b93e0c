import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { followAudit } from "#db/testing/follow-audit.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { createToken } from "#server/services/identity/create-token.ts";
import { findToken } from "#server/services/identity/find-token.ts";
import { finishRemovals } from "./finish-removals.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("a token does not reach what is registered one day under the name of a deleted service", async () => {
  const { sql } = database.client;
  for (const service of ["news", "shop"]) {
    await insertServiceEnvironment(sql, { service, environment: "staging" });
  }
  const [user] = await sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  const actor = {
    kind: "user",
    id: user?.id,
    name: "Ada",
    email: "ada@example.org",
    role: "engineer",
  } as const;
  const make = (services: string[]) =>
    createToken({ ...database.ctx, actor }, { name: "CI", permissions: ["deploy"], services, days: 7 });
  const [both, only] = [await make(["news", "shop"]), await make(["shop"])];
  const reach = async ({ token: text }: { token: string }) =>
    (await findToken(database.ctx, { text, address: undefined }))?.actor.services;

  await sql`update services set removal_requested_at = now() where slug = 'shop'`;
  const audited = await followAudit(sql);
  expect(await finishRemovals(database.ctx)).toEqual(["shop"]);
  expect([await reach(both), await reach(only)]).toEqual([["news"], []]);
  expect((await audited()).map(({ action, subject }) => `${action} ${subject}`).sort()).toEqual([
    `identity/narrow-token token:${both.id}`,
    `identity/narrow-token token:${only.id}`,
    "services/delete service:shop",
  ]);
});
