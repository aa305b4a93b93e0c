import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { openTelemetryKey } from "#server/kernel/telemetry-key.ts";
import { noteHeard } from "#server/services/telemetry/heard.ts";
import { opens, readKeyGeneration } from "#server/services/telemetry/key-generation.ts";
import { readServicePage } from "./read-service-page.ts";
import { registerService } from "./register-service.ts";
import { readTelemetry, replaceTelemetryKeyOf, showTelemetryAccess } from "./telemetry-of.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

let database: TestDatabase;
let it: TestInstallation;
let serviceEnvironmentId: number;
const place = { slug: "shop", environmentSlug: "production" };

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile });
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
  const { environments } = await readServicePage(database.ctx, "shop", it.installation);
  serviceEnvironmentId =
    environments.find(({ environment }) => environment.slug === "production")?.serviceEnvironmentId ?? 0;
});
afterAll(async () => {
  await database.close();
  await it.close();
});

const show = () => showTelemetryAccess(database.ctx, place, it.installation);

/** The key that somebody would copy now, and whether the present one of then and it open. */
async function keyShown() {
  const { headers } = await show();
  const [, key = ""] = headers.split("=");
  const opened = openTelemetryKey(it.installation.sealingKeys, key);
  return { key, opened };
}

async function doesOpen({ opened }: Awaited<ReturnType<typeof keyShown>>, after = 0): Promise<boolean> {
  if (opened === null) return false;
  const present = await readKeyGeneration(database.ctx, serviceEnvironmentId);
  return opens(opened.generation, present, new Date(Date.now() + after));
}

test("what an SDK needs is shown in the forms in which it takes it, and that is recorded without the key", async () => {
  const { key, opened } = await keyShown();
  const { telemetryUrl } = it.installation;
  expect(opened).toEqual({ serviceEnvironmentId, generation: 0 });
  expect(await show()).toEqual({
    endpoint: telemetryUrl,
    headers: `x-anytime-key=${key}`,
    sentryDsn: `${telemetryUrl.replace("https://", `https://${key}@`)}/${serviceEnvironmentId}`,
  });
  const entries = await database.client.sql`select * from audit_entries where action = 'telemetry/show-key'`;
  expect(entries.length).toBeGreaterThan(0);
  expect(JSON.stringify(entries)).not.toContain(key);
});

test("a key that is replaced opens for a week more, and one that is replaced at once never again", async () => {
  const first = await keyShown();
  expect((await readTelemetry(database.ctx, place)).formerKeyUntil).toBeNull();
  await replaceTelemetryKeyOf(database.ctx, { ...place, atOnce: false });
  const second = await keyShown();
  expect(second.key).not.toBe(first.key);
  const week = 7 * 24 * 3_600_000;
  expect([await doesOpen(first), await doesOpen(first, week), await doesOpen(second, week)]).toEqual([
    true,
    false,
    true,
  ]);
  expect((await readTelemetry(database.ctx, place)).formerKeyUntil).not.toBeNull();
  await replaceTelemetryKeyOf(database.ctx, { ...place, atOnce: true });
  expect([await doesOpen(first), await doesOpen(second), await doesOpen(await keyShown())]).toEqual([
    false,
    false,
    true,
  ]);
  expect((await readTelemetry(database.ctx, place)).formerKeyUntil).toBeNull();
});

test("what was heard is told by kind, with what of it could not be true", async () => {
  expect((await readTelemetry(database.ctx, place)).heard).toEqual([]);
  await noteHeard(database.ctx, [
    { serviceEnvironmentId, kind: "traces", refused: 0 },
    { serviceEnvironmentId, kind: "sentry", refused: 3 },
  ]);
  expect((await readTelemetry(database.ctx, place)).heard).toMatchObject([
    { kind: "sentry", refused: 3 },
    { kind: "traces", refused: 0 },
  ]);
});

test("only who manages services sees or replaces a key, and only where there is one", async () => {
  const reader = {
    ...database.ctx,
    actor: { kind: "user", id: 1, name: "Bo", email: "bo@example.org", role: "stakeholder" } as const,
  };
  await expect(showTelemetryAccess(reader, place, it.installation)).rejects.toThrow(ForbiddenError);
  await expect(replaceTelemetryKeyOf(reader, { ...place, atOnce: true })).rejects.toThrow(ForbiddenError);
  const nowhere = { slug: "shop", environmentSlug: "moon" };
  await expect(readTelemetry(database.ctx, nowhere)).rejects.toThrow(NotFoundError);
});
