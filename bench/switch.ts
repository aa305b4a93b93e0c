/**
 * How long a switch takes and what it breaks: two pools of real processes behind the real router under saturated load,
 * with websockets, streams and slow requests open throughout. The same loop against `nginx -s reload` and HAProxy's
 * `set map`, where they are there. Before every other switch of ours the pool takes a share first, as a canary does. Then
 * how fast a release that is still warm is gone back to. Set ANYTIME_BENCH_SWITCHES for more than 200 switches.
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
import { changeShare, giveShare } from "#server/services/traffic/share-traffic.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { installPrograms } from "./router/programs.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";
import { measureClickToOld } from "./switch/click-to-old.ts";
import { readCounted, standReleases } from "./switch/counted.ts";
import { type BenchInstance, startInstance, startLoad } from "./switch/processes.ts";
import { type Measured, printReport } from "./switch/report.ts";
import { type Switcher, startHaproxy, startNginx } from "./switch/yardsticks.ts";

const switches = Math.max(200, Number(process.env.ANYTIME_BENCH_SWITCHES ?? 200));
const yardstickSwitches = 60;
const returns = 100;
const instancesPerPool = 2;
const canaryShares = [0.1, 0.5];
/** Between two switches: random, so that they meet the load at every moment of its cycle. */
const restMs = () => 250 + Math.random() * 500;

const dataFolder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const database = await openBenchDatabase(join(dataFolder, "postgres"));
const client = openDatabase(database.url, { connections: 2, name: "bench" });
const ctx = systemContext(client.db, "bench");
const programs = installPrograms(["nginx", "haproxy"]);

const rows = await insertServiceEnvironment(client.sql, { service: "bench", environment: "production" });
const instances = await Promise.all(
  poolColors.flatMap((pool) => Array.from({ length: instancesPerPool }, () => startInstance(pool))),
);
for (const instance of instances) await insertInstance(client.sql, rows, instance);
await standReleases(client.sql, rows);

const ours = await measure(await startOurs(), switches);
const counted = await readCounted(client.sql, rows);
const yardsticks: Measured[] = [];
if (programs.has("nginx"))
  yardsticks.push(await measure(await startNginx(dataFolder, instances), yardstickSwitches));
if (programs.has("haproxy")) {
  yardsticks.push(await measure(await startHaproxy(dataFolder, instances), yardstickSwitches));
}
for (const instance of instances) instance.end();
const returnMs = await measureClickToOld(ctx, { url: database.url, client }, returns);
await client.close();
await database.close();
await rm(dataFolder, { recursive: true, force: true });
process.exit(printReport({ ours, counted, yardsticks, returnMs }) ? 0 : 1);

async function startOurs(): Promise<Switcher> {
  const { serviceEnvironmentId } = rows;
  const first = { serviceEnvironmentId, toPool: "blue", expectedGeneration: 0 } as const;
  let { generation } = await switchPool(ctx, first);
  let candidate: PoolColor | null = null;
  const { port, end } = await startRouterProcess({ databaseUrl: database.url, dataFolder });
  return {
    name: "ours",
    port,
    async switchTo(toPool) {
      ({ generation } = await switchPool(ctx, {
        serviceEnvironmentId,
        toPool,
        expectedGeneration: generation,
      }));
      candidate = null;
    },
    async share(pool, share) {
      const at = { serviceEnvironmentId, pool, share };
      ({ generation } =
        candidate === pool
          ? await changeShare(ctx, at)
          : await giveShare(ctx, { ...at, sticky: null, expectedGeneration: generation }));
      candidate = pool;
    },
    end,
  };
}

async function measure(switcher: Switcher, times: number): Promise<Measured> {
  const load = await startLoad(switcher.port, `${serviceHostName("bench", "production")}:${switcher.port}`);
  const switchMs: number[] = [];
  const commandMs: number[] = [];
  let shareChanges = 0;
  let live: PoolColor = "blue";
  for (let count = 0; count < times; count++) {
    await rest(restMs());
    const old: PoolColor = live;
    live = old === "blue" ? "green" : "blue";
    if (count % 2 === 1) shareChanges += await canary(switcher, live);
    const began = process.hrtime.bigint();
    await switcher.switchTo(live);
    commandMs.push(Number(process.hrtime.bigint() - began) / 1e6);
    // Long past what is asked for, so that a late request to the old pool is seen.
    await rest(250);
    switchMs.push(Math.max(0, Number((await lastArrivalAt(old, instances)) - began) / 1e6));
  }
  const result = await load.stop();
  await switcher.end();
  return { name: switcher.name, switchMs, commandMs, shareChanges, result };
}

/** Resolves with how often its share was changed. */
async function canary(switcher: Switcher, pool: PoolColor): Promise<number> {
  if (switcher.share === undefined) return 0;
  for (const share of canaryShares) {
    await switcher.share(pool, share);
    await rest(150);
  }
  return canaryShares.length;
}

async function lastArrivalAt(pool: PoolColor, all: BenchInstance[]): Promise<bigint> {
  const arrivals = await Promise.all(
    all.filter((instance) => instance.pool === pool).map((instance) => instance.lastArrival()),
  );
  return arrivals.toSorted((one, other) => Number(one - other)).at(-1) ?? 0n;
}

function rest(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
