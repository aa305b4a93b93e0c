import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { makeLive } from "#db/testing/make-live.ts";
import type { ConfigurationChange } from "#server/domain/configuration.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { parseSealingKey, type SealingKeys } from "#server/kernel/sealed-value.ts";
import { openSecrets } from "#server/services/services/open-secrets.ts";
import { listUnreadableSecrets, resealSecrets } from "#server/services/services/reseal-secrets.ts";
import { revokeSecret } from "#server/services/services/revoke-secret.ts";
import { planDeployment } from "./plan-deployment.ts";
import { readConfigurationHistory } from "./read-configuration-history.ts";
import { readConfigurationView } from "./read-configuration-view.ts";
import { readServicePage } from "./read-service-page.ts";
import { registerService } from "./register-service.ts";
import { saveFirstConfiguration } from "./save-first-configuration.ts";
import {
  commit,
  openInstallation,
  settingsFile,
  type TestInstallation,
} from "./testing/open-installation.ts";

/** What is kept of a secret, who is told what of it, and what revoking it means. */
let database: TestDatabase;
let it: TestInstallation;
let ada: Context;
let eve: Context;
let serviceEnvironmentId: number;
const where = { slug: "shop", environmentSlug: "staging" };
const value = "hunter2-hunter2-hunter2";

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  await commit(repositoryUrl, "First", { "anytime.yaml": settingsFile });
  await registerService(database.ctx, { slug: "shop", name: "Shop", repositoryUrl }, it.installation);
  const [row] = await database.client.sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  const as = (actor: Actor): Context => ({ ...database.ctx, actor });
  const person = { kind: "user", id: row?.id, email: "ada@example.org" } as const;
  ada = as({ ...person, name: "Ada", role: "engineer" });
  eve = as({ ...person, name: "Eve", role: "stakeholder" });
  const [place] = await database.client.sql`
    select se.id::int from service_environments se join environments e on e.id = environment_id where e.slug = 'staging'`;
  serviceEnvironmentId = place?.id;
});
afterAll(async () => {
  await database.close();
  await it.close();
});
beforeEach(async () => {
  await database.client.sql`delete from configurations`;
  await database.client.sql`delete from secrets`;
});

const save = (change: ConfigurationChange, ctx = ada) =>
  saveFirstConfiguration(ctx, { ...where, change }, it.installation);
const view = () => readConfigurationView(ada, where);
const opened = async (keys: SealingKeys = it.installation.sealingKeys) =>
  openSecrets(ada, serviceEnvironmentId, keys);

test("a secret is stored sealed, and nobody is told more than its name, when and by whom", async () => {
  await save({ secrets: { API_KEY: value } });
  const seen = await view();
  expect(seen.newest?.secrets).toEqual({ API_KEY: seen.secrets[0]?.id });
  expect(seen.secrets).toEqual([
    {
      ...{ id: expect.any(Number), name: "API_KEY", madeByName: "Ada", madeAt: expect.any(String) },
      ...{ revokedAt: null, revokedByName: null },
    },
  ]);
  const history = await readConfigurationHistory(ada, { ...where, limit: 10 });
  expect(history.items[0]?.differences).toEqual([{ name: "API_KEY", of: "secrets", change: "set" }]);
  expect((await opened()).valuesOf(seen.newest?.secrets ?? {})).toEqual({ API_KEY: value });
  for (const table of ["secrets", "configurations", "audit_entries"]) {
    const [all] = await database.client.sql.unsafe(`select string_agg(t::text, ' ') as text from ${table} t`);
    expect(all?.text).not.toContain(value);
  }
  expect(JSON.stringify([seen, history])).not.toContain(value);
  await expect(save({ secrets: { API_KEY: "another" } }, eve)).rejects.toBeInstanceOf(ForbiddenError);
});

test("what is no secret is refused at its name, and stores nothing", async () => {
  await save({ variables: { PLAIN: "1" } });
  const refused: [string, string][] = [
    ["A-B", "x"],
    ["PORT", "80"],
    ["EMPTY", ""],
    ["NUL", "a\0b"],
    ["LONG", "x".repeat(64 * 1024)],
    ["PLAIN", "x"],
  ];
  for (const [name, text] of refused) {
    await expect(save({ secrets: { FINE: "x", [name]: text } })).rejects.toMatchObject({
      field: `secrets.${name}`,
    });
  }
  expect((await view()).secrets).toEqual([]);
  await save({ secrets: { PLAIN: "x" }, variables: { PLAIN: null } });
  expect(await view()).toMatchObject({ newest: { variables: {}, secrets: { PLAIN: expect.any(Number) } } });
});

test("the secrets of a version have 64 KiB at most, those counted that were set before", async () => {
  const long = "x".repeat(30 * 1024);
  await save({ secrets: { ONE: long, TWO: long } });
  await expect(save({ secrets: { THREE: "y".repeat(8 * 1024) } })).rejects.toMatchObject({
    field: "secrets",
  });
  expect((await view()).secrets).toHaveLength(2);
  await save({ secrets: { TWO: null, THREE: long } });
});

test("a former value can be brought back by its id, one of another name or a revoked one cannot", async () => {
  await save({ secrets: { API_KEY: "first value", OTHER: "other value" } });
  await save({ secrets: { API_KEY: "second value" } });
  const [first, other] = (await view()).secrets;
  await save({ secrets: { API_KEY: { id: first?.id ?? 0 } } });
  expect((await opened()).valuesOf((await view()).newest?.secrets ?? {})).toMatchObject({
    API_KEY: "first value",
  });
  const field = "secrets.API_KEY";
  await expect(save({ secrets: { API_KEY: { id: other?.id ?? 0 } } })).rejects.toMatchObject({ field });
  await revokeSecret(ada, { ...where, secretId: first?.id ?? 0 });
  await save({ secrets: { API_KEY: null } });
  await expect(save({ secrets: { API_KEY: { id: first?.id ?? 0 } } })).rejects.toThrow(
    /revoked: set a new one/,
  );
});

test("a value is revoked once, in its own environment, by whoever may deploy", async () => {
  await save({ secrets: { API_KEY: value } });
  const secretId = (await view()).secrets[0]?.id ?? 0;
  await expect(revokeSecret(eve, { ...where, secretId })).rejects.toBeInstanceOf(ForbiddenError);
  const elsewhere = { ...where, environmentSlug: "production", secretId };
  await expect(revokeSecret(ada, elsewhere)).rejects.toBeInstanceOf(NotFoundError);
  await revokeSecret(ada, { ...where, secretId });
  await expect(revokeSecret(ada, { ...where, secretId })).rejects.toBeInstanceOf(ConflictError);
  expect((await view()).secrets[0]).toMatchObject({ revokedByName: "Ada", revokedAt: expect.any(String) });
  const named = (await view()).newest?.secrets ?? {};
  const now = await opened();
  expect(() => now.valuesOf(named)).toThrow(/API_KEY was revoked/);
  // It is hidden all the same.
  expect(now.all).toEqual([value]);
});

test("a value that was put where another one belongs does not open", async () => {
  await save({ secrets: { API_KEY: value, OTHER: "other value" } });
  const { sql } = database.client;
  await sql`update secrets set sealed_value = (select sealed_value from secrets where name = 'API_KEY') where name = 'OTHER'`;
  const named = (await view()).newest?.secrets ?? {};
  const now = await opened();
  expect(() => now.valuesOf({ OTHER: named.OTHER ?? 0 })).toThrow(
    "The secret OTHER of Staging cannot be read.",
  );
  expect(now.valuesOf({ API_KEY: named.API_KEY ?? 0 })).toEqual({ API_KEY: value });
});

test("rotating the key seals all of them anew; with a wrong key each is named", async () => {
  await save({ secrets: { API_KEY: value } });
  const former = it.installation.sealingKeys();
  const next = [parseSealingKey("b".repeat(64))].filter((key) => key !== null);
  expect(await listUnreadableSecrets(ada, () => next)).toEqual([
    {
      ...{ serviceSlug: "shop", environmentSlug: "staging", name: "API_KEY" },
      problem: expect.stringContaining("which this process does not have"),
    },
  ]);
  expect(await resealSecrets(database.ctx, () => [...next, ...former])).toEqual({
    resealed: 1,
    unreadable: 0,
  });
  expect(await listUnreadableSecrets(ada, () => next)).toEqual([]);
  expect((await opened(() => next)).all).toEqual([value]);
  expect(await resealSecrets(database.ctx, () => former)).toEqual({ resealed: 0, unreadable: 1 });
});

test("before a switch-back it is said that a value is revoked, and that the schema is newer than the release", async () => {
  const { sql } = database.client;
  const shas = ["a".repeat(40), "b".repeat(40)];
  await save({ secrets: { API_KEY: value } });
  const place = { service: "shop", environment: "staging" };
  await makeLive(database, { ...place, sha: shas[0] ?? "", number: 41, minutesAgo: 9 });
  await sql`update deployments set configuration_id = (select max(id) from configurations)`;
  const live = await makeLive(database, { ...place, sha: shas[1] ?? "", number: 42 });
  await sql`
    insert into migration_runs (service_environment_id, release_id, deployment_id, lease_number, status, ended_at)
    select ${serviceEnvironmentId}, id, ${live.deploymentId}, 1, 'succeeded', now() from releases where number = 42`;
  await sql`update releases set settings_file = '{"migrate": {"run": "x"}, "release": {"start": "y"}}' where number = 42`;
  const action = async () => {
    const page = await readServicePage(ada, "shop", it.installation);
    return page.environments.find(({ environment }) => environment.slug === "staging")?.switchBack;
  };
  const newSchema = "The migration of #42 is not declared reversible: #41 would run on the new schema.";
  expect(await action()).toMatchObject({ isAllowed: true, readiness: expect.stringContaining(newSchema) });
  const secretId = (await view()).secrets[0]?.id ?? 0;
  await revokeSecret(ada, { ...where, secretId });
  expect(await action()).toMatchObject({
    isAllowed: false,
    reason: expect.stringMatching(/API_KEY was revoked on .*set one first/),
  });
  await sql`
    insert into secrets (service_environment_id, name, sealed_value, made_by_name)
    values (${serviceEnvironmentId}, 'API_KEY', 'sealed:x:y', 'Ada')`;
  expect(await action()).toMatchObject({
    isAllowed: true,
    readiness: expect.stringMatching(/#41 ran with API_KEY as it was until .*, which is revoked/),
  });
  const wish = { serviceSlug: "shop", environmentSlug: "staging", kind: "switch-back" } as const;
  const { reasons } = await planDeployment(ada, wish, it.installation);
  expect(reasons).toContainEqual({ weight: "warns", text: newSchema });
});
