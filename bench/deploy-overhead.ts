/**
 * What the portal adds to a deployment of `examples/hello`: the whole of it, from the request to the switch, against a
 * bare shell script that makes a clone of the same repository, runs the same commands, starts as many instances and
 * polls their health every 50 ms. Set ANYTIME_BENCH_PAIRS for more than 9 pairs.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { repositoryRoot } from "#server/kernel/env.ts";
import { type LabService, openLab, until } from "#server/processes/deploy-worker/testing/open-lab.ts";
import { startBareDeployment } from "./deploy-overhead/bare-deployment.ts";
import { quantile } from "./measuring/quantile.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";

const pairs = Math.max(7, Number(process.env.ANYTIME_BENCH_PAIRS ?? 9));

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const database = await openBenchDatabase(join(folder, "postgres"));
const client = openDatabase(database.url, { connections: 2, name: "bench" });
const lab = await openLab(systemContext(client.db, "bench"), database.url);
const deployMs: number[] = [];
const bareMs: number[] = [];
const stepsMs = new Map<string, number[]>();
try {
  await lab.startWorker("bench");
  const service = await addHello();
  // The first of each fills the caches and is not counted.
  await deployOnce(service, 0);
  await bareOnce(service, 0);
  deployMs.length = 0;
  bareMs.length = 0;
  stepsMs.clear();
  for (let pair = 1; pair <= pairs; pair += 1) {
    const turns = [() => deployOnce(service, pair), () => bareOnce(service, pair)];
    for (const turn of pair % 2 === 0 ? turns : turns.toReversed()) await turn();
  }
} finally {
  await lab.close();
  await client.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
report();

async function addHello(): Promise<LabService> {
  const service = await lab.addService("hello");
  await cp(join(repositoryRoot, "examples/hello"), service.repository.folder, {
    recursive: true,
    filter: (source) => !source.endsWith("/dist"),
  });
  await service.repository.commit({}, "The sample service");
  return service;
}

async function deployOnce(service: LabService, count: number): Promise<void> {
  const commit = await service.repository.commit({ "change.txt": `${count}\n` }, `Change ${count}`);
  const startedAt = performance.now();
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  const [row] = await until(
    () => client.sql<{ status: string; reason: string | null }[]>`
      select status, failure_reason as reason from deployments
      where id = ${id} and status not in ('queued', 'running')`,
    (rows) => rows.length > 0,
    120_000,
  );
  deployMs.push(performance.now() - startedAt);
  if (row?.status !== "succeeded") throw new Error(`The deployment ${row?.status}: ${row?.reason}`);
  await untilDrained(id);
  const steps = await client.sql<{ name: string; ms: number }[]>`
    select name, extract(epoch from ended_at - started_at)::float8 * 1000 as ms
    from steps where deployment_id = ${id} and ended_at is not null`;
  for (const { name, ms } of steps) stepsMs.set(name, [...(stepsMs.get(name) ?? []), ms]);
}

async function untilDrained(id: number): Promise<void> {
  await until(
    () => client.sql`select 1 from deployments where id = ${id} and lease_worker_id is null`,
    (rows) => rows.length > 0,
    60_000,
  );
}

async function bareOnce(service: LabService, count: number): Promise<void> {
  const bare = await startBareDeployment({
    repository: service.repository.folder,
    folder: join(folder, `bare-${count}`),
  });
  bareMs.push(bare.durationMs);
  await bare.end();
}

function report(): void {
  const [deploy, bare] = [quantile(deployMs, 0.5), quantile(bareMs, 0.5)];
  const overhead = deploy - bare;
  console.log("A deployment of examples/hello, medians");
  console.log(`  by the portal          ${deploy.toFixed(0)} ms`);
  console.log(`  by a bare script       ${bare.toFixed(0)} ms`);
  console.log(`  the portal adds        ${overhead.toFixed(0)} ms   (at most 300)`);
  console.log("  of which, by step:");
  for (const [name, values] of stepsMs) {
    console.log(`    ${name.padEnd(10)} ${quantile(values, 0.5).toFixed(0).padStart(6)} ms`);
  }
  console.log(
    JSON.stringify({
      bench: "deploy-overhead",
      deploy_p50_ms: Math.round(deploy),
      bare_p50_ms: Math.round(bare),
      overhead_p50_ms: Math.round(overhead),
      pairs,
    }),
  );
  process.exit(overhead <= 300 ? 0 : 1);
}
