/**
 * How long a switch takes and what it breaks: two pools of real processes behind the real router under saturated load,
 * with websockets, streams and slow requests open throughout. Set ANYTIME_BENCH_SWITCHES for more than 60 switches.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { insertInstance, insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { serviceHostName } from "#server/domain/host-names.ts";
import { type PoolColor, poolColors } from "#server/domain/pools.ts";
import { systemContext } from "#server/kernel/context.ts";
import { startRouterProcess } from "#server/processes/traffic-router/testing/router-process.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";
import { readCounted, standReleases } from "./switch/counted.ts";
import { type BenchInstance, startInstance, startLoad } from "./switch/processes.ts";
import { printReport } from "./switch/report.ts";

const switches = Math.max(60, Number(process.env.ANYTIME_BENCH_SWITCHES ?? 60));
const instancesPerPool = 2;
/** Between two switches: random, so that they meet the load at every moment of its cycle. */
const restMs = () => 250 + Math.random() * 500;

const dataFolder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const database = await openBenchDatabase(join(dataFolder, "postgres"));
const client = openDatabase(database.url, { connections: 2, name: "bench" });
const ctx = systemContext(client.db, "bench");

const rows = await insertServiceEnvironment(client.sql, { service: "bench", environment: "production" });
const instances = await Promise.all(
  poolColors.flatMap((pool) => Array.from({ length: instancesPerPool }, () => startInstance(pool))),
);
for (const instance of instances) await insertInstance(client.sql, rows, instance);
await standReleases(client.sql, rows);
let live: PoolColor = "blue";
let { generation } = await switchPool(ctx, {
  serviceEnvironmentId: rows.serviceEnvironmentId,
  toPool: live,
  expectedGeneration: 0,
});

const router = await startRouterProcess({ databaseUrl: database.url, dataFolder });
const load = await startLoad(router.port, `${serviceHostName("bench", "production")}:${router.port}`);

const switchMs: number[] = [];
const commandMs: number[] = [];
for (let count = 0; count < switches; count++) {
  await rest(restMs());
  const old: PoolColor = live;
  live = old === "blue" ? "green" : "blue";
  const began = process.hrtime.bigint();
  ({ generation } = await switchPool(ctx, {
    serviceEnvironmentId: rows.serviceEnvironmentId,
    toPool: live,
    expectedGeneration: generation,
  }));
  commandMs.push(Number(process.hrtime.bigint() - began) / 1e6);
  // Long past what is asked for, so that a late request to the old pool is seen.
  await rest(250);
  switchMs.push(Math.max(0, Number((await lastArrivalAt(old, instances)) - began) / 1e6));
}
const result = await load.stop();

await router.end();
const counted = await readCounted(client.sql, rows);
for (const instance of instances) instance.end();
await client.close();
await database.close();
await rm(dataFolder, { recursive: true, force: true });
const passed = printReport({ switches, switchMs, commandMs, result, counted });
process.exit(passed ? 0 : 1);

async function lastArrivalAt(pool: PoolColor, all: BenchInstance[]): Promise<bigint> {
  const arrivals = await Promise.all(
    all.filter((instance) => instance.pool === pool).map((instance) => instance.lastArrival()),
  );
  return arrivals.toSorted((one, other) => Number(one - other)).at(-1) ?? 0n;
}

function rest(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
