import { mkdtemp, rm } from "node:fs/promises";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { openLab, until } from "#server/processes/deploy-worker/testing/open-lab.ts";
import { sampleFiles, sampleSettings } from "#server/processes/deploy-worker/testing/sample-service.ts";
import { openBenchDatabase } from "/work/main/bench/switch/bench-database.ts";
const folder = await mkdtemp("/tmp/anytime-bench-");
const database = await openBenchDatabase(folder+"/postgres");
const client = openDatabase(database.url, { connections: 2, name: "bench" });
const lab = await openLab(systemContext(client.db, "bench"), database.url);
try {
  await lab.startWorker("bench");
  const service = await lab.addService("pickup");
  const settings = sampleSettings({ build: "exit 1" });
  for (let i=0;i<15;i++) {
    const commit = await service.repository.commit(sampleFiles({ settings }), `Change ${i}`);
    const t0 = performance.now();
    const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
    const t1 = performance.now();
    await until(() => client.sql`select 1 from deployments where id = ${id} and status = 'failed'`, (r) => r.length > 0);
    const t2 = performance.now();
    const [row] = await client.sql`select extract(epoch from d.started_at-d.requested_at)*1000 claim, extract(epoch from s.started_at-d.requested_at)*1000 checkout, extract(epoch from s.ended_at-d.requested_at)*1000 checkout_end, extract(epoch from b.started_at-d.requested_at)*1000 build,extract(epoch from b.ended_at-d.requested_at)*1000 build_end, extract(epoch from d.finished_at-d.requested_at)*1000 fin from deployments d join steps s on s.deployment_id=d.id and s.name='checkout' join steps b on b.deployment_id=d.id and b.name='build' where d.id=${id}`;
    console.log((t1-t0).toFixed(1), (t2-t0).toFixed(1), Object.entries(row!).map(([k,v])=>k+" "+Number(v).toFixed(1)).join("  "));
  }
} finally { await lab.close(); await client.close(); await database.close(); await rm(folder,{recursive:true,force:true}); }
