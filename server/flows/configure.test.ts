import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError } from "#server/kernel/errors.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { setConditions } from "#server/services/services/set-conditions.ts";
import { setSuperseding } from "#server/services/services/set-superseding.ts";
import type { Wish } from "./find-deployment-target.ts";
import { planDeployment } from "./plan-deployment.ts";
import { readConfigurationHistory } from "./read-configuration-history.ts";
import { readConfigurationView } from "./read-configuration-view.ts";
import { readDeploymentSettings } from "./read-deployment-settings.ts";
import { readServicePage } from "./read-service-page.ts";
import { registerService } from "./register-service.ts";
import { requestDeployment } from "./request-deployment.ts";
import { saveFirstConfiguration } from "./save-first-configuration.ts";
import { commit, openInstallation, type TestInstallation } from "./testing/open-installation.ts";

/** What asking for a restart, another number or another configuration writes, and what it refuses. */
let database: TestDatabase;
let it: TestInstallation;
let shas: string[];
let releaseId: number;
let serviceEnvironmentId: number;
let ada: Context;
let reader: Context;
let bot: Context;
const settings = "release: {start: node server.js, instances: 2}\nenv: {LOG_LEVEL: info}\n";

beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
  const repositoryUrl = join(it.open, "shop");
  shas = [await commit(repositoryUrl, "First", { "anytime.yaml": settings })];
  shas.push(await commit(repositoryUrl, "Second", { "server.js": "2" }));
  const shop = { slug: "shop", name: "Shop", repositoryUrl };
  await registerService(database.ctx, shop, it.installation);
  const { sql } = database.client;
  const [row] = await sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  const as = (actor: Actor): Context => ({ ...database.ctx, actor });
  const person = { kind: "user", id: row?.id, name: "Ada", email: "ada@example.org" } as const;
  ada = as({ ...person, role: "engineer" });
  reader = as({ ...person, name: "Eve", role: "stakeholder" });
  bot = as({ kind: "token", id: 7, name: "CI", permissions: ["deploy"], services: ["shop"] });
  await sql`insert into artifacts (digest, bytes, file_count) values ('abc', 1, 1)`;
  const [release] = await sql`
    insert into releases (service_id, number, sha, subject, author_name, committed_at, artifact_digest, settings_file)
    select id, 1, ${shas[0] ?? ""}, 'First', 'Grace', now(), 'abc',
      '{"release":{"start":"node server.js","instances":2},"env":{"LOG_LEVEL":"info"}}'::jsonb
    from services returning id::int`;
  releaseId = release?.id;
  const [place] = await sql`
    select se.id::int from service_environments se join environments e on e.id = environment_id where e.slug = 'staging'`;
  serviceEnvironmentId = place?.id;
});
afterAll(async () => {
  await database.close();
  await it.close();
});
beforeEach(async () => {
  const { sql } = database.client;
  await sql`delete from deployments`;
  await sql`delete from configurations`;
  await live();
});

/** As a worker would leave it: the release in the blue pool, with this configuration. */
async function live(configurationId: number | null = null): Promise<void> {
  const { sql } = database.client;
  await sql`
    update pools set release_id = ${releaseId}, configuration_id = ${configurationId}, status = 'ready'
    where service_environment_id = ${serviceEnvironmentId} and color = 'blue'`;
  await sql`update pointers set live_pool = 'blue' where service_environment_id = ${serviceEnvironmentId}`;
}

async function succeed(id: number): Promise<void> {
  await database.client.sql`
    update deployments set status = 'succeeded', switched_at = clock_timestamp(), finished_at = clock_timestamp()
    where id = ${id}`;
  await live((await getDeployment(database.ctx, id)).configurationId);
}

const place = { serviceSlug: "shop", environmentSlug: "staging" } as const;
const where = { slug: "shop", environmentSlug: "staging" };
const ask = async (wish: Omit<Wish, "serviceSlug" | "environmentSlug">, ctx = ada) =>
  getDeployment(database.ctx, (await requestDeployment(ctx, { ...place, ...wish }, it.installation)).id);
const configure = (variables: Record<string, string | null>, baseVersion?: number, ctx = ada) =>
  ask({ kind: "configure", change: { variables }, baseVersion }, ctx);

test("a configuration is saved and asked for at once, and the audit log has names without values", async () => {
  const id = (await configure({ LOG_LEVEL: "very-private", NEW: "1" }, 0)).id;
  expect(await getDeployment(ada, id)).toMatchObject({
    kind: "configure",
    status: "queued",
    sha: shas[0],
    releaseNumber: 1,
    configuration: { version: 1, instances: null },
  });
  expect(await readConfigurationView(ada, where)).toMatchObject({
    newest: { version: 1, madeByName: "Ada", variables: { LOG_LEVEL: "very-private", NEW: "1" } },
    running: null,
    release: { number: 1, own: { instances: 2, env: { LOG_LEVEL: "info" } } },
  });
  expect(await readDeploymentSettings(ada, id)).toEqual([
    { key: "env.LOG_LEVEL", before: "info", after: "very-private" },
    { key: "env.NEW", before: null, after: "1" },
  ]);
  const [entry] = await database.client.sql`
    select after from audit_entries where action = 'services/save-configuration' order by id desc limit 1`;
  expect(entry?.after).toEqual({
    ...{ environment: "staging", version: 1 },
    changes: { "variables.LOG_LEVEL": "set", "variables.NEW": "set" },
  });
  const [log] = await database.client.sql`select string_agg(e::text, ' ') as text from audit_entries e`;
  expect(log?.text).not.toContain("very-private");
});

test("of two who edit the same version, the second is told, and nothing of theirs is written", async () => {
  await configure({ A: "1" }, 0);
  const late = configure({ A: "2" }, 0);
  await expect(late).rejects.toThrow("Version 1 of this configuration was made by Ada meanwhile.");
  await expect(late).rejects.toBeInstanceOf(ConflictError);
  expect((await readConfigurationHistory(ada, { ...where, limit: 10 })).items).toHaveLength(1);
  const [row] = await database.client.sql`select count(*)::int as n from deployments`;
  expect(row?.n).toBe(1);
});

test("whoever saves at the same moment makes versions one after the other", async () => {
  const asked = await Promise.all(Array.from({ length: 5 }, (_, n) => configure({ [`N_${n}`]: "x" })));
  const versions = asked.map(({ id, configuration }) => [id, configuration?.version ?? 0] as const);
  // In the order of the queue, so that no older version comes after a newer one.
  const inOrder = versions.sort(([one], [other]) => one - other).map(([, version]) => version);
  expect(inOrder).toEqual([1, 2, 3, 4, 5]);
  expect(Object.keys((await readConfigurationView(ada, where)).newest?.variables ?? {})).toHaveLength(5);
});

test("a deployment brings the newest version, and one that was used before can be used again", async () => {
  await succeed((await configure({ A: "1" })).id);
  await succeed((await ask({ kind: "scale", change: { instances: 4 } })).id);
  const deploy = await ask({ kind: "deploy", sha: shas[1] });
  expect(deploy.configuration).toEqual({ version: 2, instances: 4 });
  const again = await ask({
    kind: "configure",
    change: { instances: null, variables: { A: "1" } },
    baseVersion: 2,
  });
  expect(again.configuration).toEqual({ version: 3, instances: null });
  const { items } = await readConfigurationHistory(ada, { ...where, limit: 2 });
  expect(items.map(({ version, differences }) => [version, differences[0]?.change])).toEqual([
    [3, "removed"],
    [2, "set"],
  ]);
});

test("what runs already is not deployed again, what is only saved is", async () => {
  const saved = await configure({ A: "1" });
  expect((await configure({})).configuration).toEqual(saved.configuration);
  await succeed(saved.id);
  await expect(configure({ A: "1" })).rejects.toThrow(
    "Nothing would change: Staging runs with this already.",
  );
});

test("the service page says that the number is set in the portal, and what the release says", async () => {
  const count = async () =>
    (await readServicePage(ada, "shop", it.installation)).environments[0]?.instanceCount;
  expect(await count()).toEqual({ count: 2, own: 2, isConfigured: false });
  await succeed((await ask({ kind: "scale", change: { instances: 4 } })).id);
  expect(await count()).toEqual({ count: 4, own: 2, isConfigured: true });
  await succeed((await ask({ kind: "scale", change: { instances: null } })).id);
  expect(await count()).toEqual({ count: 2, own: 2, isConfigured: false });
});

test("where nothing is live all three are refused before the click, and a version waits for the first one", async () => {
  const production = { ...place, environmentSlug: "production" };
  for (const kind of ["restart", "scale", "configure"] as const) {
    const planned = planDeployment(ada, { ...production, kind }, it.installation);
    await expect(planned).rejects.toThrow("Nothing is live in Production yet.");
  }
  const { environments } = await readServicePage(ada, "shop", it.installation);
  expect(environments[1]?.restart).toEqual({
    isAllowed: false,
    label: "Restart production",
    reason: "Nothing is live in Production yet.",
  });
  const change = { variables: { A: "1" } };
  const wish = { slug: "shop", change, baseVersion: 0 };
  expect(
    await saveFirstConfiguration(ada, { ...wish, environmentSlug: "production" }, it.installation),
  ).toEqual({
    version: 1,
  });
  const first = await requestDeployment(ada, { ...production, kind: "deploy" }, it.installation);
  expect((await getDeployment(ada, first.id)).configuration?.version).toBe(1);
  await expect(
    saveFirstConfiguration(ada, { ...wish, environmentSlug: "staging" }, it.installation),
  ).rejects.toThrow("deploy the configuration instead");
});

test("no condition is asked of what is live already, and a newer commit leaves what waits in the queue", async () => {
  await setConditions(database.ctx, { ...where, conditions: [{ kind: "reviewed", mayOverride: false }] });
  const restart = await ask({ kind: "restart" });
  const { reasons } = await planDeployment(ada, { ...place, kind: "restart" }, it.installation);
  expect(reasons.filter(({ weight }) => weight === "stops")).toEqual([]);
  await setConditions(database.ctx, { ...where, conditions: [] });
  await setSuperseding(database.ctx, { ...where, supersedesWaiting: true });
  await ask({ kind: "deploy", sha: shas[1] });
  expect((await getDeployment(ada, restart.id)).status).toBe("queued");
  // What would be undone is the commit in front of it, not what ships the live release again.
  await ask({ kind: "restart" });
  await expect(ask({ kind: "deploy", sha: shas[0] }, bot)).rejects.toThrow("Machines never go back");
  await setSuperseding(database.ctx, { ...where, supersedesWaiting: false });
});

test.each<[Omit<Wish, "serviceSlug" | "environmentSlug">, field: string]>([
  [{ kind: "scale" }, "instances"],
  [{ kind: "scale", change: { instances: 51 } }, "instances"],
  [{ kind: "scale", change: { instances: 2, variables: {} } }, "variables"],
  [{ kind: "configure" }, "variables"],
  [{ kind: "configure", change: { variables: { PORT: "1" } } }, "variables.PORT"],
  [{ kind: "restart", change: { instances: 2 } }, "instances"],
  [{ kind: "deploy", change: { variables: { A: "1" } } }, "variables"],
  [{ kind: "promote", baseVersion: 1 }, "version"],
  [{ kind: "restart", sha: "abc" }, "sha"],
  [{ kind: "scale", change: { instances: 2 }, releaseNumber: 1 }, "release"],
  [{ kind: "deploy", releaseNumber: 1 }, "release"],
  [{ kind: "switch-back", sha: "abc" }, "sha"],
  [{ kind: "promote", cleanBuild: true }, "cleanBuild"],
  [{ kind: "roll-forward", markBad: true }, "markBad"],
])("%j is refused at %s, and nothing is written", async (wish, field) => {
  await expect(ask(wish)).rejects.toMatchObject({ name: "ValidationError", field });
  const [row] = await database.client.sql`
    select (select count(*) from deployments)::int + (select count(*) from configurations)::int as n`;
  expect(row?.n).toBe(0);
});

test("values are told to those who may change them; others learn names", async () => {
  const { id } = await configure({ A: "private" }, undefined, bot);
  await expect(readConfigurationView(reader, where)).rejects.toBeInstanceOf(ForbiddenError);
  await expect(readConfigurationHistory(reader, { ...where, limit: 5 })).rejects.toBeInstanceOf(
    ForbiddenError,
  );
  await expect(configure({ A: "x" }, undefined, reader)).rejects.toBeInstanceOf(ForbiddenError);
  const plan = await planDeployment(reader, { ...place, kind: "deploy" }, it.installation);
  for (const told of [plan, await readDeploymentSettings(reader, id)]) {
    expect(JSON.stringify(told)).toContain("env.A");
    expect(JSON.stringify(told)).not.toContain("private");
  }
});
