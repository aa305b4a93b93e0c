import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { operations } from "#server/api/rest/operations.ts";
import { tokenPermissions } from "#server/domain/permissions.ts";
import { commit, settingsFile } from "#server/flows/testing/open-installation.ts";
import { createToken } from "#server/services/identity/create-token.ts";
import { revokeToken } from "#server/services/identity/revoke-token.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";

/** The REST API as a machine uses it. */
let portal: RunningPortal;
let sha: string;
let all: Machine;
let newsOnly: Machine;

interface Machine {
  id: number;
  ask(method: string, path: string, body?: unknown): Promise<{ response: Response; answer: Answer }>;
}
// biome-ignore lint/suspicious/noExplicitAny: answers are read as a machine reads them, key by key.
type Answer = any;

beforeAll(async () => {
  portal = await openRunningPortal();
  const { sql } = portal.database.client;
  await insertServiceEnvironment(sql, { service: "shop", environment: "staging" });
  await insertServiceEnvironment(sql, { service: "news", environment: "staging" });
  const repository = join(portal.repositoriesFolder, "shop");
  sha = await commit(repository, "First", { "anytime.yaml": settingsFile });
  await sql`update services set repository_url = ${repository} where slug = 'shop'`;
  all = await makeMachine(null);
  newsOnly = await makeMachine(["news"]);
});
afterAll(() => portal.stop());

async function makeMachine(services: string[] | null): Promise<Machine> {
  const wish = { name: "CI", permissions: [...tokenPermissions], services, days: 7 };
  const { id, token } = await createToken(await portal.contextOf("admin"), wish);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return {
    id,
    async ask(method, path, body) {
      const sent = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
      const response = await portal.ask(`/api/v1${path}`, { method, headers, body: sent });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json") === true;
      return { response, answer: isJson ? JSON.parse(text) : text };
    },
  };
}

test("it says which token this is, and lists what the token is for", async () => {
  expect((await newsOnly.ask("GET", "/whoami")).answer).toMatchObject({ name: "CI", services: ["news"] });
  expect((await newsOnly.ask("GET", "/services")).answer.items).toMatchObject([{ slug: "news" }]);
  const slugs = (await all.ask("GET", "/services")).answer.items.map(({ slug }: { slug: string }) => slug);
  expect(slugs).toEqual(["news", "shop"]);
  expect((await all.ask("GET", "/services/shop")).answer).toMatchObject({
    slug: "shop",
    environments: [{ slug: "staging", live: null }],
  });
});

test("it deploys, shows, cancels and reads the log, and the audit log has the token and its address", async () => {
  const asked = await all.ask("POST", "/services/shop/deployments", { environment: "staging", sha });
  expect(asked.answer).toMatchObject({ service: "shop", kind: "deploy", status: "queued", sha });
  expect(asked.response.status).toBe(201);
  const { id } = asked.answer;
  const listed = await all.ask("GET", "/services/shop/deployments?status=queued&limit=1");
  expect(listed.answer).toMatchObject({ items: [{ id }], nextBefore: null });
  await portal.database.client.sql`
    with started as (
      update deployments set log_day = current_date where id = ${id} returning open_log_day(log_day))
    select from started`;
  await portal.database.client.sql`
    insert into log_chunks (day, deployment_id, step, first_line, line_count, codec, body, printed_at)
    values (current_date, ${id}, 'build', 1, 2, 'plain', ${Buffer.from("building\ndone\n")}, now())`;
  const { response, answer } = await all.ask("GET", `/deployments/${id}/log`);
  expect([response.headers.get("content-type"), answer]).toEqual([
    "text/plain; charset=utf-8",
    "building\ndone\n",
  ]);
  expect((await all.ask("POST", `/deployments/${id}/cancel`)).answer).toMatchObject({ status: "cancelled" });
  expect((await all.ask("GET", `/deployments/${id}`)).answer).toMatchObject({
    status: "cancelled",
    steps: expect.arrayContaining([expect.objectContaining({ name: "build" })]),
  });
  const entries = await portal.database.client.sql`
    select action, actor_kind as kind, actor_id::int as actor, actor_address as address from audit_entries
    where subject = ${`deployment:${id}`} order by id`;
  expect(entries).toMatchObject([
    {
      action: "deployments/request",
      kind: "token",
      actor: all.id,
      address: expect.stringMatching(/127|::1/),
    },
    { action: "deployments/cancel", kind: "token", actor: all.id },
  ]);
});

test("it schedules, and shows for when", async () => {
  const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
  const wish = { environment: "staging", sha, scheduledFor };
  const { id, ...asked } = (await all.ask("POST", "/services/shop/deployments", wish)).answer;
  expect(asked).toMatchObject({ status: "queued", scheduledFor, scheduleReachedAt: null });
  expect((await all.ask("GET", `/deployments/${id}`)).answer).toMatchObject({ scheduledFor });
  await all.ask("POST", `/deployments/${id}/cancel`);
});

test.each([
  ["environment", { sha: "abc" }],
  ["environment", { environment: "nowhere" }, 404],
  ["kind", { environment: "staging", kind: "explode" }],
  ["release", { environment: "staging", release: -1 }],
  ["release", { environment: "staging", kind: "deploy", release: 1 }],
  ["sha", { environment: "staging", kind: "switch-back", sha: "abc" }],
  ["instances", { environment: "staging", kind: "scale" }],
  ["instances", { environment: "staging", kind: "scale", instances: "many" }],
  ["instances", { environment: "staging", kind: "deploy", instances: 2 }],
  ["variables", { environment: "staging", kind: "restart", variables: { A: "1" } }],
  ["variables.A", { environment: "staging", kind: "configure", variables: { A: 1 } }],
  ["release", { environment: "staging", kind: "restart", release: 1 }],
  ["sha", { environment: "staging", sha: "no such commit" }],
  ["sha", { environment: "staging", sha: "a\0b" }],
  ["scheduledFor", { environment: "staging", scheduledFor: "tomorrow" }],
  ["scheduledFor", { environment: "staging", scheduledFor: "2020-01-01T09:00:00Z" }],
  ["scheduledFor", { environment: "staging", scheduledFor: "2999-01-01T09:00:00Z" }],
  ["scheduledFor", { environment: "staging", kind: "switch-back", scheduledFor: "2999-01-01T09:00:00Z" }],
  ["enviroment", { enviroment: "staging" }],
  [null, "{"],
  [null, "[]"],
])("what is wrong at %s is said there, and nothing is asked for: %j", async (field, body, status = 400) => {
  const before = await countDeployments();
  const { response, answer } = await all.ask("POST", "/services/shop/deployments", body);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect([response.status, answer.status]).toEqual([status, status]);
  if (status === 400)
    expect(answer).toMatchObject({ code: "invalid_input", field, detail: expect.any(String) });
  expect(await countDeployments()).toBe(before);
});

async function countDeployments(): Promise<number> {
  const [row] = await portal.database.client.sql`select count(*)::int as n from deployments`;
  return row?.n;
}

test.each([
  ["GET", "/services/nothing", 404, "not_found"],
  ["GET", "/services/nothing/deployments", 404, "not_found"],
  ["GET", "/deployments/999999", 404, "not_found"],
  ["GET", "/deployments/abc", 400, "invalid_input"],
  ["GET", "/deployments/99999999999999999999", 400, "invalid_input"],
  ["GET", "/deployments/999999/log", 404, "not_found"],
  ["POST", "/deployments/999999/cancel", 404, "not_found"],
  ["GET", "/services/shop/deployments?limit=1000", 400, "invalid_input"],
  ["GET", "/services/shop/deployments?nothing=1", 400, "invalid_input"],
  ["GET", "/nothing", 404, "not_found"],
  ["DELETE", "/services/shop", 405, "method_not_allowed"],
])("%s %s answers %i %s", async (method, path, status, code) => {
  const { response, answer } = await all.ask(method, path);
  expect([response.status, answer.code]).toEqual([status, code]);
});

test("it restarts, scales and configures what is live, and reads the configuration back", async () => {
  const { sql } = portal.database.client;
  const ask = (wish: object) =>
    all.ask("POST", "/services/shop/deployments", { environment: "staging", ...wish });
  expect((await ask({ kind: "restart" })).answer).toMatchObject({
    status: 409,
    detail: "Nothing is live in staging yet.",
  });
  await sql`
    with made as (
      update releases set sha = ${sha}, settings_file = '{"release":{"start":"node server.js"}}'::jsonb
      from services where services.id = service_id and slug = 'shop' returning releases.id, service_id)
    update pools set release_id = made.id, status = 'ready' from made, service_environments se
    where se.service_id = made.service_id and service_environment_id = se.id and color = 'blue'`;
  await sql`
    update pointers set live_pool = 'blue' from service_environments se join services s on s.id = service_id
    where service_environment_id = se.id and s.slug = 'shop'`;
  expect((await ask({ kind: "restart" })).answer).toMatchObject({
    ...{ kind: "restart", release: 1, sha, configurationVersion: 0 },
    steps: expect.arrayContaining([expect.objectContaining({ detail: "#1 is already built" })]),
  });
  expect((await ask({ kind: "scale", instances: 3 })).answer).toMatchObject({ configurationVersion: 1 });
  const variables = { LOG_LEVEL: "debug", GREETING: "hello" };
  const configured = await ask({ kind: "configure", variables, version: 1 });
  expect([configured.response.status, configured.answer.configurationVersion]).toEqual([201, 2]);
  expect(JSON.stringify(configured.answer)).not.toContain("hello");
  const late = await ask({ kind: "configure", variables: { GREETING: null }, version: 1 });
  expect(late.answer).toMatchObject({ status: 409, detail: expect.stringContaining("Version 2") });
  await ask({ kind: "configure", variables: { GREETING: null } });
  const read = await all.ask("GET", "/services/shop/configuration?environment=staging");
  expect(read.answer).toEqual({
    ...{ environment: "staging", version: 3, runningVersion: 0, instances: 3 },
    ...{ variables: { LOG_LEVEL: "debug" }, secrets: {}, madeAt: expect.any(String) },
  });
  const refused = await ask({ kind: "configure", variables: { PORT: "80" } });
  expect(refused.answer).toMatchObject({ status: 400, field: "variables.PORT" });
});

test("a token for one service is refused at another, whether that exists or not", async () => {
  for (const slug of ["shop", "nothing"]) {
    const { answer } = await newsOnly.ask("POST", `/services/${slug}/deployments`, {
      environment: "staging",
    });
    expect(answer).toMatchObject({ status: 403, code: "forbidden" });
  }
});

test("CI reports on a commit, which opens the way to where green CI is asked for", async () => {
  await portal.database.client.sql`
    update service_environments set conditions = ${'[{"kind":"ci-green","mayOverride":true}]'}::text::jsonb
    from services where services.id = service_id and slug = 'shop'`;
  const ask = () => all.ask("POST", "/services/shop/deployments", { environment: "staging", sha });
  const facts = `/services/shop/commits/${sha}/facts`;
  const refused = (await ask()).answer;
  expect(refused).toMatchObject({ status: 400, detail: expect.stringContaining("asks for green CI") });
  expect(refused.field).toBeNull();
  const report = { fact: "ci", state: "passed", url: "https://ci.example.org/7" };
  const { response, answer } = await all.ask("POST", facts, report);
  expect([response.status, answer]).toMatchObject([201, { ...report, reportedByName: "CI" }]);
  expect((await all.ask("GET", facts)).answer).toEqual({ items: [answer] });
  expect((await ask()).answer).toMatchObject({
    status: "queued",
    conditions: [{ kind: "ci-green", state: "met" }],
    overrideReason: null,
  });
  expect((await all.ask("POST", facts, { fact: "ci", state: "fine" })).answer).toMatchObject({
    code: "invalid_input",
    field: "state",
  });
});

test("a machine gives a service to a team that there is, and makes none", async () => {
  const refused = await newsOnly.ask("PATCH", "/services/news", { team: "Press" });
  expect(refused.answer).toMatchObject({ status: 403, code: "forbidden" });
  const { sql } = portal.database.client;
  expect(await sql`select 1 from teams`).toEqual([]);
  await sql`insert into teams (name) values ('Press')`;
  expect((await newsOnly.ask("PATCH", "/services/news", { team: "Press" })).answer.team).toBe("Press");
});

test("a service is renamed, and what is left out stays", async () => {
  const { answer } = await newsOnly.ask("PATCH", "/services/news", { name: "The news" });
  expect(answer).toMatchObject({ slug: "news", name: "The news", defaultBranch: "main" });
});

test("a token is refused with the request after it was revoked, and its last use is known", async () => {
  const machine = await makeMachine(null);
  expect((await machine.ask("GET", "/whoami")).response.status).toBe(200);
  await expect
    .poll(
      () =>
        portal.database.client
          .sql`select last_used_at, last_used_address from api_tokens where id = ${machine.id}`,
    )
    .toMatchObject([
      { last_used_at: expect.anything(), last_used_address: expect.stringMatching(/127|::1/) },
    ]);
  await revokeToken(await portal.contextOf("admin"), { tokenId: machine.id });
  expect((await machine.ask("GET", "/whoami")).response.status).toBe(401);
});

test("the OpenAPI document is open to all and describes every operation", async () => {
  const document: Answer = await (await portal.ask("/api/v1/openapi.json")).json();
  expect(document.openapi).toBe("3.1.0");
  for (const { id, path, method, needs } of operations) {
    const described = document.paths[path][method.toLowerCase()];
    expect(described).toMatchObject({ operationId: id, security: needs === "none" ? [] : [{ token: [] }] });
    const named = described.parameters.filter((parameter: Answer) => parameter.in === "path");
    expect(named.map((parameter: Answer) => `{${parameter.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
  }
  const wish =
    document.paths["/services/{slug}/deployments"].post.requestBody.content["application/json"].schema;
  expect(wish).toMatchObject({ required: ["environment"], additionalProperties: false });
  expect(JSON.stringify(document)).not.toContain("$schema");
});
