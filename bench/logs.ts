/**
 * The log of a deployment, measured through a real step: a real worker runs a command that prints lines of 100 bytes,
 * one in a hundred with one of 20 secrets that are masked, until the last row is stored. Beside it the same command
 * into a file. Then how long a line takes from its writing to the page of somebody who watches in Chromium, at 1,000
 * lines a second; and the worker's memory while five million lines go through it. Needs `npm test -- build`.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { openLab } from "#server/processes/deploy-worker/testing/open-lab.ts";
import { streamLog } from "#server/services/deployments/stream-log.ts";
import { openPortal } from "./logs/live-page.ts";
import { LogService, program } from "./logs/log-service.ts";
import { quantile } from "./measuring/quantile.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";

const million = 1_000_000;
const rounds = 3;
const liveSeconds = 20;
const memoryMillions = Number(process.env.ANYTIME_BENCH_MILLIONS ?? 5);

type Measured = Record<string, number | number[]> & { log_lines_per_s: number; live_p99_ms: number };

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const secrets = Array.from({ length: 20 }, () => randomBytes(24).toString("base64"));
const secretsFile = join(folder, "secrets.txt");
writeFileSync(secretsFile, secrets.join("\n"));
const database = await openBenchDatabase(join(folder, "postgres"));
const client = openDatabase(database.url, { connections: 3, name: "bench" });
const ctx = systemContext(client.db, "bench");
const lab = await openLab(ctx, database.url);
let measured: Measured;
try {
  const worker = await lab.startWorker("bench", { ANYTIME_MASK_FILE: secretsFile });
  const service = new LogService(lab, client.sql, await lab.addService("logs"), secretsFile);
  await (await service.print(1_000, 0)).ended();
  const rate = await measureRate(service);
  const live = await measureLatency(service);
  const memory = await measureMemory(service, worker.pid);
  measured = { ...rate, ...live, ...memory };
} finally {
  await lab.close();
  await client.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

report(measured);

async function measureRate(service: LogService) {
  const stepMs: number[] = [];
  const fileMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const printing = await service.print(million, 0);
    stepMs.push((await printing.ended()).durationMs);
    await check(printing.deploymentId, million);
    const startedAt = performance.now();
    execFileSync("/bin/sh", [
      "-c",
      `node ${program} ${million} 0 ${secretsFile} > ${join(folder, "printed")}`,
    ]);
    fileMs.push(performance.now() - startedAt);
  }
  const linesPerSecond = (durationsMs: number[]) =>
    Math.round(million / (quantile(durationsMs, 0.5) / 1_000));
  return { log_lines_per_s: linesPerSecond(stepMs), file_lines_per_s: linesPerSecond(fileMs) };
}

/** Every line is there, once and in order, and no secret in any. */
async function check(deploymentId: number, lines: number): Promise<void> {
  let next = 1;
  let rest = "";
  for await (const bytes of streamLog(ctx, { deploymentId, isPlain: false })) {
    const text = rest + Buffer.from(bytes).toString("latin1");
    const end = text.lastIndexOf("\n") + 1;
    rest = text.slice(end);
    const told = secrets.find((secret) => text.includes(secret));
    if (told !== undefined) throw new Error("A secret stands in the log.");
    for (const [, number] of text.slice(0, end).matchAll(/^line (\d+) at/gm)) {
      if (Number(number) !== next) throw new Error(`Line ${number} stands where line ${next} belongs.`);
      next += 1;
    }
  }
  if (next !== lines + 1) throw new Error(`${next - 1} of ${lines} lines are there.`);
}

async function measureLatency(service: LogService) {
  const portal = await openPortal(client.sql, database.url, lab.dataFolder);
  try {
    // The first page that a web process answers is not what anybody watches with.
    const warm = await service.print(1_000, 1_000);
    await (await portal.watch(warm.deploymentId)).close();
    await warm.ended();
    const printing = await service.print(liveSeconds * 1_000, 1_000);
    const watched = await portal.watch(printing.deploymentId);
    await printing.ended();
    const { latenciesMs } = await watched.close();
    // Lines that were there when the page was opened waited for it.
    const live = latenciesMs.slice(latenciesMs.length / 10);
    return {
      live_p50_ms: Math.round(quantile(live, 0.5)),
      live_p99_ms: Math.round(quantile(live, 0.99)),
      live_lines_seen: live.length,
    };
  } finally {
    await portal.close();
  }
}

async function measureMemory(service: LogService, workerPid: number) {
  const { deploymentId, ended } = await service.print(memoryMillions * million, 0);
  const isOver = ended().then(() => true);
  const mostAt = new Map<number, number>();
  for (;;) {
    const [row] = await client.sql<{ lines: number }[]>`
      select coalesce(max(first_line + line_count), 0)::int as lines from log_chunks where deployment_id = ${deploymentId}`;
    const reached = Math.min(memoryMillions, Math.ceil((row?.lines ?? 0) / million));
    const rss = residentMebibytes(workerPid);
    mostAt.set(reached, Math.max(mostAt.get(reached) ?? 0, rss));
    if (await Promise.race([isOver, delay(250).then(() => false)])) break;
  }
  const byMillion = Array.from({ length: memoryMillions }, (_, index) => mostAt.get(index + 1) ?? 0);
  return { worker_rss_mb: Math.max(...byMillion), worker_rss_mb_by_million: byMillion };
}

function residentMebibytes(pid: number): number {
  const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return Math.round(kibibytes / 1_024);
}

function report(measured: Measured): void {
  console.log("The log of a deployment: lines of 100 bytes, 20 secrets masked");
  for (const [name, value] of Object.entries(measured)) console.log(`  ${name.padEnd(26)} ${value}`);
  console.log(JSON.stringify({ bench: "logs", ...measured }));
  process.exit(measured.log_lines_per_s >= 100_000 && measured.live_p99_ms <= 100 ? 0 : 1);
}
