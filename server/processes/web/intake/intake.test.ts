import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertRelease, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { telemetryKey } from "#server/kernel/telemetry-key.ts";
import { listHeard } from "#server/services/telemetry/heard.ts";
import { replaceTelemetryKey } from "#server/services/telemetry/key-generation.ts";
import { type BareServer, openBareServer } from "../testing/open-bare-server.ts";

let database: TestDatabase;
let server: BareServer;
let place: TrafficRows;
let services = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  server = await openBareServer(database.client, { takesTelemetry: true });
});
afterAll(() => server.close());
beforeEach(async () => {
  const named = { service: `told-${++services}`, environment: "production" };
  place = await insertServiceEnvironment(database.client.sql, named);
});

const keyOf = (generation = 0, serviceEnvironmentId = place.serviceEnvironmentId) =>
  telemetryKey(sealingKeys({ sealingKeys: [] }, server.folders.secretsFile), {
    serviceEnvironmentId,
    generation,
  });
const now = () => Math.floor(Date.now() / 1_000);

interface Span {
  status?: number;
  route?: string;
  at?: number;
  ms?: number;
}

function traces(spans: Span[], version?: string): string {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: version === undefined ? [] : [text("service.version", version)] },
        scopeSpans: [
          {
            spans: spans.map(({ status = 200, route = "/cart", at = now(), ms = 20 }) => ({
              kind: 2,
              startTimeUnixNano: String(BigInt(at) * 1_000_000_000n - BigInt(ms) * 1_000_000n),
              endTimeUnixNano: String(BigInt(at) * 1_000_000_000n),
              attributes: [
                text("http.route", route),
                { key: "http.response.status_code", value: { intValue: String(status) } },
              ],
            })),
          },
        ],
      },
    ],
  });
}

function send(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const usual = { "content-type": "application/json", "x-anytime-key": keyOf() };
  return fetch(`${server.url}${path}`, {
    method: "POST",
    body: new Uint8Array(Buffer.from(body)),
    headers: { ...usual, ...headers },
  });
}

async function counted() {
  const rows = await database.client.sql`
    select source, release_id::int as "releaseId", route, sum(requests)::int as requests, sum(server_errors)::int as failed
    from request_counts where service_environment_id = ${place.serviceEnvironmentId} group by 1, 2, 3 order by 1, 2, 3`;
  return rows.map((row) => ({ ...row }));
}

const untilCounted = (expected: object[]) =>
  vi.waitFor(async () => expect(await counted()).toEqual(expected), { timeout: 10_000 });

describe("spans", () => {
  test.each([
    ["its number", () => "1"],
    ["its number with the service's name", () => "shop@1"],
    ["its commit", (sha: string) => sha],
    ["the begin of its commit", (sha: string) => sha.slice(0, 39)],
  ])("are counted for the release that they name by %s", async (_, versionOf) => {
    const sha = `b${String(place.releaseId).padStart(39, "0")}`;
    await database.client.sql`update releases set sha = ${sha} where id = ${place.releaseId}`;
    const answer = await send(
      "/v1/traces",
      traces([{}, { status: 503 }, { status: 404, route: "/nowhere" }], versionOf(sha)),
    );
    expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
    const base = { source: "otlp", releaseId: place.releaseId };
    await untilCounted([
      { ...base, route: "/cart", requests: 2, failed: 1 },
      { ...base, route: "other", requests: 1, failed: 0 },
    ]);
  });

  test("that name no release are of the live one, and of an unknown one of none", async () => {
    const { sql } = database.client;
    const live = await insertRelease(sql, place);
    await sql`insert into pointers (service_environment_id, live_pool) values (${place.serviceEnvironmentId}, 'blue')
      on conflict (service_environment_id) do update set live_pool = 'blue'`;
    await sql`insert into pools (service_environment_id, color, status, release_id)
      values (${place.serviceEnvironmentId}, 'blue', 'live', ${live})
      on conflict (service_environment_id, color) do update set release_id = ${live}`;
    await send("/v1/traces", traces([{}]));
    await send("/v1/traces", traces([{}, {}], "nobody-knows-it"));
    await untilCounted([
      { source: "otlp", releaseId: 0, route: "/cart", requests: 2, failed: 0 },
      { source: "otlp", releaseId: live, route: "/cart", requests: 1, failed: 0 },
    ]);
  });

  test("that cannot be true are refused, and their neighbours count", async () => {
    const spans = [{ at: now() + 3_600 }, { at: now() - 3 * 86_400 }, { ms: -5 }, {}];
    const answer = await send("/v1/traces", traces(spans, "1"));
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: "3" } });
    await untilCounted([
      { source: "otlp", releaseId: place.releaseId, route: "/cart", requests: 1, failed: 0 },
    ]);
    await vi.waitFor(
      async () =>
        expect(await listHeard(database.ctx, place.serviceEnvironmentId)).toMatchObject([
          { kind: "traces", refused: 3 },
        ]),
      { timeout: 10_000 },
    );
  });

  test("may be packed", async () => {
    const answer = await send("/v1/traces", gzipSync(traces([{}], "1")), { "content-encoding": "gzip" });
    expect(answer.status).toBe(200);
    await untilCounted([
      { source: "otlp", releaseId: place.releaseId, route: "/cart", requests: 1, failed: 0 },
    ]);
  });
});

describe("an envelope", () => {
  const envelope = (release: string) =>
    [
      "{}",
      `{"type":"sessions"}`,
      JSON.stringify({
        aggregates: [
          { started: new Date(Date.now() - 60_000).toISOString(), exited: 7, errored: 2, crashed: 1 },
        ],
        attrs: { release },
      }),
      `{"type":"event"}`,
      JSON.stringify({
        ...{ level: "error", timestamp: now(), release, transaction: "GET /cart" },
        exception: { values: [{ type: "TypeError", value: "no price for ada@example.org" }] },
      }),
    ].join("\n");

  test("is taken by the key that a DSN has, and its errors are kept without what is personal", async () => {
    const answer = await send(`/api/${place.serviceEnvironmentId}/envelope/`, envelope("told@1"), {
      "x-anytime-key": "",
      "x-sentry-auth": `Sentry sentry_version=7, sentry_client=x/1, sentry_key=${keyOf()}`,
    });
    expect(answer.status).toBe(200);
    await untilCounted([
      { source: "sentry", releaseId: place.releaseId, route: "other", requests: 10, failed: 3 },
    ]);
    const [group] = await database.client.sql`
      select type, message, first_release_id::int as release from error_groups
      where service_environment_id = ${place.serviceEnvironmentId}`;
    expect(group).toMatchObject({ type: "TypeError", release: place.releaseId });
    expect(group?.message).not.toContain("ada@");
  });

  test("of another project is refused, and a page of anywhere may send one", async () => {
    const other = await send(
      `/api/${place.serviceEnvironmentId + 1}/envelope/?sentry_key=${keyOf()}`,
      "{}\n",
    );
    expect(other.status).toBe(403);
    const asked = await fetch(`${server.url}/api/1/envelope/`, { method: "OPTIONS" });
    expect(asked.headers.get("access-control-allow-origin")).toBe("*");
  });
});

describe("a key", () => {
  test.each([
    ["none", () => ""],
    ["one that nobody made", () => "0".repeat(32)],
    ["one of no generation", () => keyOf(3)],
  ])("%s opens nothing", async (_, key) => {
    expect((await send("/v1/traces", traces([{}]), { "x-anytime-key": key() })).status).toBe(401);
    expect(await counted()).toEqual([]);
  });

  test("that was replaced opens for a week more, or never again", async () => {
    const named = { serviceSlug: `told-${services}`, environmentSlug: "production" };
    const replace = (atOnce: boolean) =>
      replaceTelemetryKey(
        database.ctx,
        { ...named, serviceEnvironmentId: place.serviceEnvironmentId },
        { atOnce },
      );
    const status = async (generation: number) =>
      (await send("/v1/traces", traces([]), { "x-anytime-key": keyOf(generation) })).status;
    await replace(false);
    expect([await status(0), await status(1)]).toEqual([200, 200]);
    await replace(true);
    await vi.waitFor(
      async () => expect([await status(0), await status(1), await status(2)]).toEqual([401, 401, 200]),
      {
        timeout: 15_000,
      },
    );
  });
});

test.each([
  ["no JSON", "{", {}, 400],
  ["no protobuf", "abc", { "content-type": "application/x-protobuf" }, 400],
  ["another type", "abc", { "content-type": "text/plain" }, 415],
  ["another encoding", "abc", { "content-encoding": "br" }, 415],
  ["what is not packed", "abc", { "content-encoding": "gzip" }, 400],
  ["a bomb", gzipSync(Buffer.alloc(64 * 1024 * 1024)), { "content-encoding": "gzip" }, 413],
  ["what is too long", Buffer.alloc(21 * 1024 * 1024), {}, 413],
])("%s is refused", async (_, body, headers, status) => {
  const answer = await send("/v1/traces", body, headers as Record<string, string>);
  expect(answer.status).toBe(status);
});
