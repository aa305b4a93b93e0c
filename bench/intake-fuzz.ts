/**
 * Rubbish for the intake of one web process: bodies of real clients with bytes changed, cut off, put twice, nested and
 * inflated; numbers that cannot be true; packed bombs. Each round ends with a body that is whole, whose spans must count.
 * Nothing may crash, no answer may be 5xx, and memory must stay bounded. ANYTIME_BENCH_BODIES says how many (100,000),
 * ANYTIME_BENCH_SEED which ones. Needs `npm test -- build`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { telemetryKeyHeader } from "#server/domain/telemetry-variables.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { telemetryKey } from "#server/kernel/telemetry-key.ts";
import { randomFrom } from "./chaos/random.ts";
import { protobufSpans, spansOfBatch } from "./ingest/bodies.ts";
import { Mutations } from "./ingest/mutations.ts";
import { rssMbOf } from "./ingest/rss.ts";
import { sendOnce } from "./ingest/senders.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";
import { startWeb } from "./web/web-process.ts";

const bodies = Number(process.env.ANYTIME_BENCH_BODIES ?? 100_000);
const seed = Number(process.env.ANYTIME_BENCH_SEED ?? Date.now() % 1_000_000);
const atOnce = 8;
const roundOf = 1_000;
const mostRssMb = 1_024;
const committedWithinMs = 20_000;

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const database = await openBenchDatabase(join(folder, "postgres"));
const client = openDatabase(database.url, { connections: 2, name: "bench" });
const place = await insertServiceEnvironment(client.sql, { service: "shop", environment: "production" });
const neighbour = await insertServiceEnvironment(client.sql, { service: "cart", environment: "production" });
const dataFolder = prepareDataFolder(join(folder, "data"));
const keys = sealingKeys({ sealingKeys: [] }, dataFolder.secretsFile);
const keyOf = (serviceEnvironmentId: number) => telemetryKey(keys, { serviceEnvironmentId, generation: 0 });
const web = await startWeb({ databaseUrl: database.url, dataFolder: dataFolder.root });
const random = randomFrom(seed);
const statuses = new Map<number, number>();
let broken = 0;
let told = 0;
let most = 0;
let hasEnded = false;
web.process.once("exit", () => {
  hasEnded = true;
});
const loadBefore = loadavg()[0] ?? 0;
let passed = false;
try {
  const mutations = new Mutations(random);
  for (let sent = 0; sent < bodies && !hasEnded; sent += roundOf) {
    await Promise.all(Array.from({ length: atOnce }, () => sendMany(mutations, roundOf / atOnce)));
    await sendWhole();
    most = Math.max(most, rssMbOf(web.process.pid ?? 0));
  }
  passed = report(await countWhole());
} finally {
  if (!hasEnded) await web.stop();
  await client.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);

async function sendMany(mutations: Mutations, count: number): Promise<void> {
  for (let index = 0; index < count && !hasEnded; index += 1) {
    const { path, headers, body } = mutations.next(place.serviceEnvironmentId);
    const key = keyOf(place.serviceEnvironmentId);
    const status = await sendOnce(web.port, {
      path,
      headers: { ...headers, [telemetryKeyHeader]: key, "x-sentry-auth": `Sentry sentry_key=${key}` },
      body,
    }).catch(() => 0);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status >= 500) broken += 1;
  }
}

/** Of a neighbour that means well. */
async function sendWhole(): Promise<void> {
  const headers = {
    "content-type": "application/x-protobuf",
    [telemetryKeyHeader]: keyOf(neighbour.serviceEnvironmentId),
  };
  for (;;) {
    const body = protobufSpans(Math.floor(Date.now() / 1_000));
    const status = await sendOnce(web.port, { path: "/v1/traces", headers, body }).catch(() => 0);
    if (status === 200) break;
    if (status !== 429) throw new Error(`A whole body was answered ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  told += spansOfBatch;
}

async function countWhole(): Promise<number> {
  const deadline = performance.now() + committedWithinMs;
  for (;;) {
    const [row] = await client.sql`
      select coalesce(sum(requests), 0)::int as requests from request_counts
      where service_environment_id = ${neighbour.serviceEnvironmentId}`;
    if (row?.requests === told || performance.now() > deadline) return row?.requests ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function report(counted: number): boolean {
  const all = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const byStatus = Object.fromEntries([...statuses].sort(([one], [other]) => one - other));
  console.log(`Bodies of rubbish ${all.toLocaleString("en")}, answered ${JSON.stringify(byStatus)}`);
  console.log(`Answered 5xx      ${broken} (bar: 0), web ${hasEnded ? "ended" : "went on"}`);
  console.log(`Memory at most    ${Math.round(most)} MiB`);
  console.log(`Of whole bodies   ${counted} of ${told} spans counted`);
  console.log(
    JSON.stringify({
      ...{ bench: "intake-fuzz", seed, bodies: all, statuses: byStatus, broken, crashed: hasEnded },
      ...{ rss_mb: Math.round(most), whole_spans: told, whole_counted: counted },
      load_before: Number(loadBefore.toFixed(1)),
    }),
  );
  return broken === 0 && !hasEnded && counted === told && most < mostRssMb && all >= bodies;
}
