/**
 * What the permission check and the audit entry cost a mutation: the same UPDATE in a transaction of its own, once bare
 * and once with both, in pairs whose order alternates. With the chain's hash and the lock of its head, and durable commits.
 * Set ANYTIME_BENCH_PAIRS for more than 500 pairs.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { record } from "#server/kernel/audit.ts";
import { type Actor, type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { verifyChain } from "#server/services/audit/verify-chain.ts";
import { quantile } from "./measuring/quantile.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";

const pairs = Math.max(500, Number(process.env.ANYTIME_BENCH_PAIRS ?? 500));
const warmUp = 100;
const barMs = 2;
const actor: Actor = { kind: "user", id: 1, name: "Ada", email: "ada@example.org", role: "admin" };

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const database = await openBenchDatabase(join(folder, "postgres"));
const client = openDatabase(database.url, { connections: 1, name: "bench" });
const ctx: Context = { db: client.db, actor: { ...actor, address: "192.0.2.7" }, now: () => new Date() };

const change = (on: Context) => on.db.execute("update environments set name = name where slug = 'staging'");

async function bare(): Promise<void> {
  await inTransaction(ctx, async (tx) => void (await change(tx)));
}

async function guarded(): Promise<void> {
  demand(ctx, "manageServices");
  await inTransaction(ctx, async (tx) => {
    await change(tx);
    const [before, after] = [{ name: "Staging" }, { name: "Stage" }];
    await record(tx, { action: "bench/change", subject: "environment:staging", before, after });
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const bareMs: number[] = [];
const guardedMs: number[] = [];
let verifiedMs = 0;
try {
  for (let count = 0; count < warmUp + pairs; count += 1) {
    const isBareFirst = count % 2 === 0;
    const first = await timed(isBareFirst ? bare : guarded);
    const second = await timed(isBareFirst ? guarded : bare);
    if (count < warmUp) continue;
    bareMs.push(isBareFirst ? first : second);
    guardedMs.push(isBareFirst ? second : first);
  }
  verifiedMs = await timed(async () => {
    const { problem } = await verifyChain(ctx);
    if (problem !== null) throw new Error(problem);
  });
} finally {
  await client.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

const costsMs = guardedMs.map((guardedOne, index) => guardedOne - (bareMs[index] ?? 0));
const p50 = quantile(costsMs, 0.5);
const met = p50 <= barMs;
console.log("The permission check and the audit entry of a mutation");
console.log(`  pairs          ${pairs}`);
console.log(`  bare, median   ${quantile(bareMs, 0.5).toFixed(2)} ms`);
console.log(`  with, median   ${quantile(guardedMs, 0.5).toFixed(2)} ms`);
console.log(`  cost, median   ${p50.toFixed(2)} ms   (at most ${barMs})`);
console.log(`  cost, p99      ${quantile(costsMs, 0.99).toFixed(2)} ms`);
console.log(`  the chain of ${warmUp + pairs} entries verified in ${verifiedMs.toFixed(0)} ms`);
console.log(
  JSON.stringify({
    bench: "access",
    access_p50_ms: Number(p50.toFixed(3)),
    access_p99_ms: Number(quantile(costsMs, 0.99).toFixed(3)),
    bare_p50_ms: Number(quantile(bareMs, 0.5).toFixed(3)),
    n: pairs,
  }),
);
process.exit(met ? 0 : 1);
