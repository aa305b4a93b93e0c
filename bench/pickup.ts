/**
 * How long a deployment waits for an idle worker: from its row's insertion, before the request's transaction commits,
 * to the start of its first step, both by database time. Set ANYTIME_BENCH_REQUESTS for more than 200 requests.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { openLab, until } from "#server/processes/deploy-worker/testing/open-lab.ts";
import { sampleFiles, sampleSettings } from "#server/processes/deploy-worker/testing/sample-service.ts";
import { quantile } from "./measuring/quantile.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";

const requests = Math.max(200, Number(process.env.ANYTIME_BENCH_REQUESTS ?? 200));

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const database = await openBenchDatabase(join(folder, "postgres"));
const client = openDatabase(database.url, { connections: 2, name: "bench" });
const lab = await openLab(systemContext(client.db, "bench"), database.url);
const waitsMs: number[] = [];
try {
  await lab.startWorker("bench");
  const service = await lab.addService("pickup");
  // It checks out and then fails at once: only the way to the first step is measured.
  const settings = sampleSettings({ build: "exit 1" });
  for (let count = 0; count < requests; count += 1) {
    const commit = await service.repository.commit(sampleFiles({ settings }), `Change ${count}`);
    const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
    await until(
      () => client.sql`select 1 from deployments where id = ${id} and status = 'failed'`,
      (rows) => rows.length > 0,
    );
    const [row] = await client.sql<{ waited: number }[]>`
      select extract(epoch from s.started_at - d.requested_at)::float8 * 1000 as waited
      from deployments d join steps s on s.deployment_id = d.id and s.name = 'checkout' where d.id = ${id}`;
    if (row !== undefined) waitsMs.push(row.waited);
  }
} finally {
  await lab.close();
  await client.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

const p50 = quantile(waitsMs, 0.5);
const p99 = quantile(waitsMs, 0.99);
const met = p50 <= 10 && p99 <= 50 && waitsMs.length >= 200;
console.log("From the request to the first step's start, by an idle worker");
console.log(`  requests   ${waitsMs.length}`);
console.log(`  median     ${p50.toFixed(1)} ms   (at most 10)`);
console.log(`  p99        ${p99.toFixed(1)} ms   (at most 50)`);
console.log(`  slowest    ${Math.max(...waitsMs).toFixed(1)} ms`);
console.log(
  JSON.stringify({
    bench: "pickup",
    pickup_p50_ms: Number(p50.toFixed(2)),
    pickup_p99_ms: Number(p99.toFixed(2)),
    n: waitsMs.length,
  }),
);
process.exit(met ? 0 : 1);
