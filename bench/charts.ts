/**
 * What each chart of a release's page takes, from the database to JSON: one service of two hundred, with a month, 50
 * releases and a billion requests counted; beside the plainest query that has the same numbers. The two take turns.
 * ANYTIME_BENCH_REQUESTS asks each more often than 100 times. The database is filled first, which takes some minutes.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { migrate } from "#db/migrate.ts";
import { systemContext } from "#server/kernel/context.ts";
import { fillCounts } from "./charts/fill-counts.ts";
import { type Question, questionsOf } from "./charts/questions.ts";
import { type Measured, printReport } from "./charts/report.ts";

const rounds = Math.max(100, Number(process.env.ANYTIME_BENCH_REQUESTS ?? 100));
const warmUp = 10;
/** Nothing is lost by a power cut: it is filled anew each time. */
const settings = ["fsync=off", "synchronous_commit=off", "max_wal_size=8GB", "autovacuum=off"];

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const server = await startEmbeddedPostgres({ folder: join(folder, "postgres"), password: "bench", settings });
let passed = false;
try {
  await migrate(server.url);
  const client = openDatabase(server.url, { connections: 4, name: "bench" });
  const startedAt = performance.now();
  const filled = await fillCounts(client.sql);
  console.error(`Filled in ${Math.round((performance.now() - startedAt) / 1_000)} s.`);
  const loadBefore = loadavg()[0] ?? 0;
  const ctx = systemContext(client.db, "bench");
  const [counted] = await client.sql`
    select sum(requests)::float8 as requests from request_hours
    where service_environment_id = ${filled.serviceEnvironmentId} and route = ''`;
  const measured: Measured[] = [];
  for (const question of questionsOf(ctx, client.sql, filled)) measured.push(await measure(question));
  passed = printReport(measured, { filled, requests: counted?.requests, loadBefore });
  await client.close();
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);

async function measure({ name, ask, askPlainly }: Question): Promise<Measured> {
  const measured: Measured = { name, durations: [], plain: [], bytes: 0 };
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const [first, second] = round % 2 === 0 ? [ask, askPlainly] : [askPlainly, ask];
    const [firstMs, secondMs] = [await time(first), await time(second)];
    if (round < warmUp) continue;
    measured.durations.push(round % 2 === 0 ? firstMs : secondMs);
    measured.plain.push(round % 2 === 0 ? secondMs : firstMs);
  }
  const answer = await ask();
  // A page of nothing is no fast page.
  if (!answer.includes('"requests":')) throw new Error(`${name}: ${answer.slice(0, 300)}`);
  return { ...measured, bytes: answer.length };
}

async function time(work: () => Promise<string>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
