/**
 * What one web process on one core takes in of telemetry, until its rows are committed: server spans of OpenTelemetry in
 * batches of 512 with twelve attributes each (protobuf, and JSON), and events of Sentry; beside a bare server that reads
 * the same bodies and drops them. Then web is killed under load: what it had acknowledged and not stored is lost.
 * Needs Linux (taskset) and `npm test -- build`. ANYTIME_BENCH_SECONDS says how long each part lasts.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openDatabase } from "#db/client.ts";
import { freePort } from "#db/testing/free-port.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { telemetryKeyHeader } from "#server/domain/telemetry-variables.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { telemetryKey } from "#server/kernel/telemetry-key.ts";
import { jsonSpans, protobufSpans, sentryEvent, spansOfBatch } from "./ingest/bodies.ts";
import { rssMbOf } from "./ingest/rss.ts";
import { Senders } from "./ingest/senders.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";
import { startWeb, type WebProcess } from "./web/web-process.ts";

const seconds = Number(process.env.ANYTIME_BENCH_SECONDS ?? 15);
const connections = 8;
const bars = { spansPerSecond: 137_000, lostMs: 1_000 };
const committedWithinMs = 30_000;
const [webCore, otherCore] = ["0", "1"];

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
pin(process.pid, otherCore);
const database = await openBenchDatabase(join(folder, "postgres"));
const client = openDatabase(database.url, { connections: 4, name: "bench" });
const { sql } = client;
const place = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
const dataFolder = prepareDataFolder(join(folder, "data"));
const keys = sealingKeys({ sealingKeys: [] }, dataFolder.secretsFile);
const key = telemetryKey(keys, { serviceEnvironmentId: place.serviceEnvironmentId, generation: 0 });
const at = Math.floor(Date.now() / 1_000);
const bodies = { protobuf: protobufSpans(at), json: jsonSpans(at) };
const otlpHeaders = (type: string) => ({ "content-type": `application/${type}`, [telemetryKeyHeader]: key });
const loadBefore = loadavg()[0] ?? 0;
let web = await start();
let passed = false;
try {
  const bare = await measureBare();
  const protobuf = await measureSpans("x-protobuf", bodies.protobuf);
  const json = await measureSpans("json", bodies.json);
  const sentry = await measureEvents();
  const lostMs = await measureLoss();
  passed = report({ bare, protobuf, json, sentry, lostMs });
} finally {
  await web.stop();
  await client.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);

interface Measured {
  perSecond: number;
  /** Of web, after a third of the time and at its end, in MiB. */
  rssMb: [number, number];
}

async function start(): Promise<WebProcess> {
  const started = await startWeb({ databaseUrl: database.url, dataFolder: dataFolder.root });
  pin(started.process.pid ?? 0, webCore);
  return started;
}

async function measureSpans(type: string, body: Buffer): Promise<Measured> {
  const sending = { port: web.port, path: "/v1/traces", headers: otlpHeaders(type), body: () => body };
  return measure(sending, spansOfBatch, () => countOf("otlp"));
}

async function measureEvents(): Promise<Measured> {
  let number = 0;
  const sending = {
    ...{ port: web.port, path: `/api/${place.serviceEnvironmentId}/envelope/` },
    headers: { "x-sentry-auth": `Sentry sentry_version=7, sentry_key=${key}` },
    body: () => sentryEvent(at, ++number),
  };
  return measure(sending, 1, countErrors);
}

/** What was acknowledged in the time, once all of it is committed. */
async function measure(
  sending: ConstructorParameters<typeof Senders>[0],
  each: number,
  committed: () => Promise<number>,
): Promise<Measured> {
  const before = await committed();
  const beganAt = performance.now();
  const senders = new Senders(sending, connections);
  await delay((seconds * 1_000) / 3);
  const early = rssMb();
  await delay((seconds * 1_000 * 2) / 3);
  await senders.stop();
  const late = rssMb();
  const told = senders.acknowledged * each;
  const deadline = performance.now() + committedWithinMs;
  while ((await committed()) - before < told) {
    if (performance.now() > deadline) {
      throw new Error(
        `${(await committed()) - before} of ${told} were stored within ${committedWithinMs} ms.`,
      );
    }
    await delay(20);
  }
  const elapsed = (performance.now() - beganAt) / 1_000;
  return { perSecond: told / elapsed, rssMb: [early, late] };
}

async function measureBare(): Promise<number> {
  const port = await freePort();
  const script = fileURLToPath(new URL("ingest/bare-server.ts", import.meta.url));
  const bare = spawn(process.execPath, [script], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, PORT: String(port) },
  });
  await once(bare, "message");
  pin(bare.pid ?? 0, webCore);
  const sending = { port, path: "/", headers: otlpHeaders("x-protobuf"), body: () => bodies.protobuf };
  const beganAt = performance.now();
  const senders = new Senders(sending, connections);
  await delay(seconds * 1_000);
  await senders.stop();
  const perSecond = (senders.acknowledged * spansOfBatch * 1_000) / (performance.now() - beganAt);
  bare.kill("SIGTERM");
  await once(bare, "exit");
  return perSecond;
}

/** How much of what was acknowledged is missing after a SIGKILL, as time at the rate of before. */
async function measureLoss(): Promise<number> {
  const before = await countOf("otlp");
  const sending = { ...{ port: web.port, path: "/v1/traces" }, headers: otlpHeaders("x-protobuf") };
  const senders = new Senders({ ...sending, body: () => bodies.protobuf }, connections);
  const beganAt = performance.now();
  await delay(4_000 + Math.random() * 1_000);
  const told = senders.acknowledged;
  const perMs = (told * spansOfBatch) / (performance.now() - beganAt);
  web.process.kill("SIGKILL");
  await once(web.process, "exit");
  await senders.stop();
  const acknowledged = senders.acknowledged * spansOfBatch;
  // What was sent before the kill may still be under way to the disk.
  await delay(1_000);
  const stored = (await countOf("otlp")) - before;
  web = await start();
  return Math.max(0, (acknowledged - stored) / perMs);
}

async function countOf(source: string): Promise<number> {
  const [row] = await sql`
    select coalesce(sum(requests), 0)::float8 as requests from request_counts where source = ${source}`;
  return row?.requests ?? 0;
}

async function countErrors(): Promise<number> {
  const [row] = await sql`select coalesce(sum(count), 0)::float8 as count from error_counts`;
  return row?.count ?? 0;
}

function rssMb(): number {
  return rssMbOf(web.process.pid ?? 0);
}

/** All its threads run on one core. */
function pin(pid: number, core: string): void {
  const { status } = spawnSync("taskset", ["-acp", core, String(pid)]);
  if (status !== 0) throw new Error("taskset is needed to keep a process on one core.");
}

function report(run: {
  bare: number;
  protobuf: Measured;
  json: Measured;
  sentry: Measured;
  lostMs: number;
}): boolean {
  const { bare, protobuf, json, sentry, lostMs } = run;
  const [early, late] = protobuf.rssMb.map(Math.round) as [number, number];
  const rate = (perSecond: number) => Math.round(perSecond).toLocaleString("en").padStart(9);
  console.log(`Bodies read and dropped by a bare server ${rate(bare)} spans/s`);
  console.log(
    `Spans, protobuf, until committed         ${rate(protobuf.perSecond)} a second (bar: ${bars.spansPerSecond})`,
  );
  console.log(`Spans, JSON                              ${rate(json.perSecond)} a second`);
  console.log(`Events of Sentry                         ${rate(sentry.perSecond)} a second`);
  console.log(`Memory of web, early and at the end      ${early} and ${late} MiB`);
  console.log(`Lost by a SIGKILL                        ${Math.round(lostMs)} ms (bar: ${bars.lostMs})`);
  console.log(
    JSON.stringify({
      bench: "ingest",
      spans_per_s: Math.round(protobuf.perSecond),
      bare_spans_per_s: Math.round(bare),
      json_spans_per_s: Math.round(json.perSecond),
      sentry_events_per_s: Math.round(sentry.perSecond),
      rss_mb: [early, late],
      rss_mb_all: [...json.rssMb, ...sentry.rssMb].map(Math.round),
      lost_ms: Math.round(lostMs),
      load_before: Number(loadBefore.toFixed(1)),
    }),
  );
  return protobuf.perSecond >= bars.spansPerSecond && lostMs <= bars.lostMs;
}
