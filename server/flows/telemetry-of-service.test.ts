import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { openTelemetryKey } from "#server/kernel/telemetry-key.ts";
import { noteHeard } from "#server/services/telemetry/heard.ts";
import { opens, readKeyGeneration } from "#server/services/telemetry/key-generation.ts";
import { registerService } from "./register-service.ts";
import { readTelemetry, replaceTelemetryKeyOf, showTelemetryKey } from "./telemetry-of-service.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** What was heard of a service, and the key that it tells of itself with. */
let database: TestDatabase;
let it: TestInstallation;
const place = { slug: "shop", environmentSlug: "production" };

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

const read = () => readTelemetry(database.ctx, place, it.installation);

/** The key as it is shown, and what it was made for. */
async function shown() {
  const { otlpHeader, sentryDsn } = await showTelemetryKey(database.ctx, place, it.installation);
  const key = otlpHeader.replace("x-anytime-key=", "");
  const made = openTelemetryKey(it.installation.sealingKeys, key);
  if (made === null) throw new Error("The key that was shown is none.");
  expect(sentryDsn).toBe(`http://${key}@localhost:4700/${made.serviceEnvironmentId}`);
  return { key, made };
}

test("what was heard stands there, and what counts now", async () => {
  const nothing = { routerHeardAt: null, heard: [], countsNow: null, formerKeyUntil: null };
  expect(await read()).toMatchObject(nothing);
  const { serviceEnvironmentId } = (await shown()).made;
  await noteHeard(database.ctx, [{ serviceEnvironmentId, kind: "traces", refused: 2 }]);
  for (const source of ["sentry", "router"]) {
    await database.client.sql`
      insert into request_minutes (service_environment_id, source, route, begins_at, release_id, requests,
        client_errors, server_errors, aborted, strays)
      values (${serviceEnvironmentId}, ${source}, '', date_trunc('minute', now()) - interval '2 minutes', 0, 1, 0, 0, 0, 0)`;
    expect((await read()).countsNow).toBe(source);
  }
  const view = await read();
  expect(view.heard).toMatchObject([{ kind: "traces", refused: 2 }]);
  expect(view.routerHeardAt).not.toBeNull();
});

test("a key that was replaced opens until its time, and the new one opens; both acts are audited without it", async () => {
  const first = await shown();
  await replaceTelemetryKeyOf(database.ctx, { ...place, atOnce: false });
  const second = await shown();
  const opening = async (after = 0) => {
    const present = await readKeyGeneration(database.ctx, first.made.serviceEnvironmentId);
    const now = new Date(Date.now() + after);
    return [first, second].map(({ made }) => opens(made.generation, present, now));
  };
  expect(await opening()).toEqual([true, true]);
  expect((await read()).formerKeyUntil).not.toBeNull();
  expect(await opening(8 * 86_400_000)).toEqual([false, true]);
  await replaceTelemetryKeyOf(database.ctx, { ...place, atOnce: true });
  expect(await opening(1000)).toEqual([false, false]);
  const entries = await database.client.sql`
    select action, e::text as text from audit_entries e where action like 'telemetry/%' order by id desc limit 3`;
  expect(entries.map(({ action }) => action)).toEqual([
    "telemetry/replace-key",
    "telemetry/show-key",
    "telemetry/replace-key",
  ]);
  for (const { key } of [first, second]) expect(JSON.stringify(entries)).not.toContain(key);
});

test("who may not manage services neither sees nor replaces it, and an unknown environment has none", async () => {
  const ctx = {
    ...database.ctx,
    actor: {
      kind: "user" as const,
      id: 1,
      name: "Sam",
      email: "sam@example.org",
      role: "stakeholder" as const,
    },
  };
  await expect(showTelemetryKey(ctx, place, it.installation)).rejects.toThrow(ForbiddenError);
  await expect(replaceTelemetryKeyOf(ctx, { ...place, atOnce: true })).rejects.toThrow(ForbiddenError);
  const elsewhere = { ...place, environmentSlug: "nowhere" };
  await expect(readTelemetry(database.ctx, elsewhere, it.installation)).rejects.toThrow(NotFoundError);
  await expect(showTelemetryKey(database.ctx, elsewhere, it.installation)).rejects.toThrow(NotFoundError);
  const replaced = replaceTelemetryKeyOf(database.ctx, { ...elsewhere, atOnce: false });
  await expect(replaced).rejects.toThrow(NotFoundError);
});
