import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { batchLimit } from "#server/domain/batch-limit.ts";
import { ensureAdministrator } from "#server/services/identity/ensure-administrator.ts";
import { handleTrpc } from "./handle-trpc.ts";
import { type ServedApi, serveApi } from "./testing/serve-api.ts";

/** What the API says to input that is not what it takes, over real HTTP. */
let database: TestDatabase;
let api: ServedApi;
let headers: Record<string, string>;

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureAdministrator(database.ctx, { email: "ada@example.org", password: "correct horse battery" });
  api = await serveApi(database.client, handleTrpc);
  const [user] = await database.client.sql`select id::int, session_version as version from users`;
  headers = await api.signedIn({ id: user?.id, sessionVersion: user?.version });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

async function query(path: string, input: unknown) {
  const address = `${api.url}/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`;
  const response = await fetch(address, { headers });
  return { status: response.status, ...(await response.json()) };
}

async function mutate(path: string, body: string) {
  const response = await fetch(`${api.url}/api/trpc/${path}`, { method: "POST", headers, body });
  return { status: response.status, ...(await response.json()) };
}

const nul = "a\0b";
const half = "a\ud800b";
const service = { slug: "shop", name: "Shop", repositoryUrl: "https://example.org/shop" };
const place = { serviceSlug: "shop", environmentSlug: "staging" };

test.each([
  ["services.get", "slug", { slug: nul }],
  ["services.get", "slug", { slug: half }],
  ["services.releases", "slug", { slug: nul }],
  ["services.releases", "before", { slug: "shop", before: 2 ** 31 }],
  ["services.waitingCommits", "slug", { slug: nul, environmentSlug: "staging" }],
  ["services.waitingCommits", "environmentSlug", { slug: "shop", environmentSlug: nul }],
  ["services.settings", "slug", { slug: nul, environmentSlug: "staging" }],
  ["deployments.list", "serviceSlug", { serviceSlug: nul }],
  ["deployments.list", "environmentSlug", { environmentSlug: nul }],
  ["deployments.list", "text", { text: nul }],
  ["deployments.list", "text", { text: " " }],
  ["deployments.list", "before", { before: 2 ** 60 }],
  ["deployments.commits", "serviceSlug", { ...place, serviceSlug: nul }],
  ["deployments.commits", "branch", { ...place, branch: nul }],
  ["deployments.plan", "releaseNumber", { ...place, kind: "promote", releaseNumber: 2 ** 31 }],
  ["deployments.readLog", "afterLine", { id: 1, afterLine: 2 ** 31 - 1 }],
  ["deployments.searchLog", "afterLine", { id: 1, text: "x", afterLine: 2 ** 31 - 1 }],
  ["deployments.searchLog", "text", { id: 1, text: nul }],
])("%s names the field %s", async (path, field, input) => {
  expect(await query(path, input)).toMatchObject({
    status: 400,
    error: { message: expect.any(String), data: { code: "BAD_REQUEST", field, errorId: null } },
  });
});

test.each([
  ["services.register", "slug", { ...service, slug: nul }],
  ["services.register", "name", { ...service, name: nul }],
  ["services.register", "team", { ...service, team: half }],
  ["services.register", "environmentSlugs.0", { ...service, environmentSlugs: [nul] }],
  ["services.register", "typedSettings.env.A", { ...service, typedSettings: { env: { A: nul } } }],
  ["services.register", "typedSettings.env.A", { ...service, typedSettings: { env: { A: half } } }],
  [
    "services.update",
    "typedSettings.build.0.name",
    { slug: "shop", typedSettings: { build: [{ name: half }] } },
  ],
  [
    "services.update",
    "typedSettings.release.start",
    { slug: "shop", typedSettings: { release: { start: half } } },
  ],
  ["services.update", "typedSettings.path", { slug: "shop", typedSettings: { path: nul } }],
  ["services.update", "typedSettings", { slug: "shop", typedSettings: { env: { A: "x".repeat(70_000) } } }],
  ["services.update", "slug", { slug: nul }],
  ["services.remove", "slug", { slug: nul, confirmSlug: nul }],
  ["services.inspectRepository", "repositoryUrl", { repositoryUrl: nul }],
  ["deployments.request", "serviceSlug", { ...place, serviceSlug: nul, kind: "deploy" }],
  ["deployments.cancel", "id", { id: 2 ** 60 }],
  ["setup.complete", "token", { token: nul, name: "A", email: "a@example.org", password: "long enough" }],
])("%s names the field %s and changes nothing", async (path, field, input) => {
  expect(await mutate(path, JSON.stringify(input))).toMatchObject({
    status: 400,
    error: { message: expect.any(String), data: { code: "BAD_REQUEST", field, errorId: null } },
  });
});

test("settings nested as deep as a body allows are refused", async () => {
  const settings = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const answer = await mutate("services.update", `{"slug":"shop","typedSettings":{"build":${settings}}}`);
  expect(answer).toMatchObject({ status: 400, error: { data: { field: "typedSettings.build" } } });
});

test.each(["{", "", "[1", "\0"])("a body that is not JSON is a bad request: %j", async (body) => {
  const answer = await mutate("services.update", body);
  expect(answer).toMatchObject({ status: 400, error: { data: { code: "BAD_REQUEST", errorId: null } } });
  expect(answer.error.message).toContain("not JSON");
});

test("an input in the address that is not JSON is a bad request", async () => {
  const response = await fetch(`${api.url}/api/trpc/services.get?input=%7B`, { headers });
  expect([response.status, (await response.json()).error.message]).toEqual([
    400,
    expect.stringContaining("not JSON"),
  ]);
});

test("the log of a missing deployment is not found, whether read or searched", async () => {
  for (const path of ["deployments.readLog", "deployments.searchLog"]) {
    expect(await query(path, { id: 99, text: "x" })).toMatchObject({
      status: 404,
      error: { message: "There is no deployment 99." },
    });
  }
});

test("one request holds a bounded number of calls", async () => {
  const batch = (calls: number) =>
    mutate(`${Array(calls).fill("session.current").join(",")}?batch=1`, "{}").then(({ status }) => status);
  expect(await batch(batchLimit + 1)).toBe(400);
  const path = Array(batchLimit).fill("session.current").join(",");
  const response = await fetch(`${api.url}/api/trpc/${path}?batch=1`, { headers });
  expect([response.status, (await response.json()).length]).toEqual([200, batchLimit]);
});

test("an error while reading the session is logged under an id, and shown by that alone", async () => {
  await database.client.sql`alter table users rename to elsewhere`;
  try {
    const response = await fetch(`${api.url}/api/trpc/session.current`, { headers });
    const { error } = await response.json();
    expect(response.status).toBe(500);
    expect(error.message).toMatch(/^Something went wrong \(id [0-9a-f]{8}\)\./);
    expect(api.logged.filter((line) => line.includes(error.data.errorId))).toHaveLength(1);
  } finally {
    await database.client.sql`alter table elsewhere rename to users`;
  }
});
