import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { followAudit } from "#db/testing/follow-audit.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { ForbiddenError } from "#server/kernel/errors.ts";
import { getService } from "./get-service.ts";
import { listEnvironments } from "./list-environments.ts";
import { setPublicity } from "./set-publicity.ts";
import { showEnvironment } from "./show-environment.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  await insertServiceEnvironment(database.client.sql, { service: "shop", environment: "staging" });
});
afterAll(() => database.close());

const person = (role: "engineer" | "admin" | "stakeholder") => ({
  ...database.ctx,
  actor: { kind: "user" as const, id: 1, name: "Ada", email: "ada@example.org", role },
});

test("a service is shown as its team wants, and each change is recorded once", async () => {
  const ctx = person("engineer");
  const audited = await followAudit(database.client.sql);
  expect((await getService(ctx, "shop")).publicity).toEqual({
    isPublic: false,
    byline: "team",
    contact: null,
  });
  const wish = { isPublic: true, byline: "person" as const, contact: " #shop " };
  await setPublicity(ctx, "shop", wish);
  await setPublicity(ctx, "shop", wish);
  expect((await getService(ctx, "shop")).publicity).toEqual({ ...wish, contact: "#shop" });
  expect((await audited()).map(({ action }) => action)).toEqual(["services/set-publicity"]);
  await expect(setPublicity(ctx, "shop", { ...wish, contact: "ask ada@example.org" })).rejects.toMatchObject({
    field: "contact",
  });
  await expect(setPublicity(person("stakeholder"), "shop", wish)).rejects.toThrow(ForbiddenError);
});

test("administrators say which environments are shown", async () => {
  const wish = { slug: "staging", isShown: true };
  await expect(showEnvironment(person("engineer"), wish)).rejects.toThrow(ForbiddenError);
  await showEnvironment(person("admin"), wish);
  const staging = (await listEnvironments(database.ctx)).find(({ slug }) => slug === "staging");
  expect(staging?.isShown).toBe(true);
  await expect(showEnvironment(person("admin"), { slug: "nowhere", isShown: true })).rejects.toThrow(
    "no environment",
  );
});
