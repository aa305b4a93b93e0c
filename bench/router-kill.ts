/**
 * What the death of a router costs those who connect in that time: a lone router, killed under load and started again
 * by the supervisor, then one of two that share the port, killed and ended in order. ANYTIME_BENCH_ROUNDS says how often.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "#db/testing/free-port.ts";
import { serviceHostName } from "#server/domain/host-names.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { HeldSocket } from "#server/processes/supervisor/held-socket.ts";
import { startRouters } from "#server/processes/supervisor/routers.ts";
import { readRunFile } from "#server/processes/supervisor/run-file.ts";
import { routerFiles } from "#server/processes/traffic-router/router-files.ts";
import { keepConnecting } from "#server/processes/traffic-router/testing/new-connections.ts";
import { quantile } from "./measuring/quantile.ts";
import { openRoutes } from "./router/ours.ts";
import { startTarget } from "./router/subjects.ts";

const rounds = Number(process.env.ANYTIME_BENCH_ROUNDS ?? 10);
const clients = 8;
const graceMs = 100;
const barMs = 1_000;
const restMs = 500;
/** For the next life of a lone router to be loaded; one that is killed sooner takes a whole start. */
const standInRestMs = 8_000;

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const dataFolder = prepareDataFolder(join(folder, "data"));
const target = await startTarget();
const database = await openRoutes(folder, target.port);
const port = await freePort();
const load = keepConnecting(port, serviceHostName("bench", "production"), clients);
const loadBefore = loadavg()[0] ?? 0;

const recoveriesMs: number[] = [];
const killed = { connects: 0, failed: 0, failedLate: 0 };
const ended = { connects: 0, failed: 0 };
try {
  await withRouters(1, measureLone);
  await withRouters(2, measurePair);
} finally {
  await load.stop();
  await target.end();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

async function withRouters(count: number, work: () => Promise<void>): Promise<void> {
  const environment = {
    ...process.env,
    DATABASE_URL: database.url,
    ANYTIME_DATA: dataFolder.root,
    ANYTIME_ROUTER_PORT: String(port),
  };
  const socket = await HeldSocket.open("127.0.0.1", port);
  const settings = { count, port, socket, folder: dataFolder, databaseUrl: database.url, environment };
  const routers = await startRouters({ ...settings, say: () => undefined });
  try {
    await delay(restMs);
    await work();
  } finally {
    await routers.stop();
    socket?.close();
  }
}

async function measureLone(): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await delay(standInRestMs);
    const at = await replace(1, "SIGKILL");
    const served = load.attempts.find(({ beganAt, failed }) => !failed && beganAt > at);
    recoveriesMs.push((served?.endedAt ?? Number.POSITIVE_INFINITY) - at);
  }
}

async function measurePair(): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const number = (round % 2) + 1;
    const killedAt = await replace(number, "SIGKILL");
    killed.connects += since(killedAt).length;
    killed.failed += failedSince(killedAt).length;
    killed.failedLate += failedSince(killedAt + graceMs).length;
    const endedAt = await replace(number, "SIGTERM");
    ended.connects += since(endedAt).length;
    ended.failed += failedSince(endedAt).length;
  }
}

/** Signals the router and waits until its successor serves; resolves with when the signal was sent. */
async function replace(number: number, signal: NodeJS.Signals): Promise<number> {
  const running = () => readRunFile(routerFiles(dataFolder, number).runFile);
  const pid = running()?.pid;
  if (pid === undefined) throw new Error(`Router ${number} does not run.`);
  const at = performance.now();
  process.kill(pid, signal);
  while (running()?.isReady !== true || running()?.pid === pid) await delay(10);
  while (!load.attempts.some(({ beganAt, failed }) => !failed && beganAt > at)) await delay(10);
  await delay(restMs);
  return at;
}

function since(at: number) {
  return load.attempts.filter(({ beganAt }) => beganAt >= at);
}

function failedSince(at: number) {
  return since(at).filter(({ failed }) => failed);
}

const medianMs = Math.round(quantile(recoveriesMs, 0.5));
const slowestMs = Math.round(Math.max(...recoveriesMs));
console.log("A lone router is killed under load: requests are answered again after");
console.log(`  median of ${rounds}                   ${medianMs} ms (bar: ${barMs} ms)`);
console.log(`  slowest                        ${slowestMs} ms`);
console.log(`One of two is killed: of ${killed.connects} connects since`);
console.log(`  failed                         ${killed.failed}`);
console.log(`  of those, begun ${graceMs} ms after it ${killed.failedLate} (bar: 0)`);
console.log(`One of two is ended in order: of ${ended.connects} connects since`);
console.log(`  failed                         ${ended.failed}`);
console.log(
  JSON.stringify({
    bench: "router-kill",
    rounds,
    lone_recovery_ms: medianMs,
    lone_recovery_slowest_ms: slowestMs,
    pair_failed: killed.failed,
    pair_failed_late: killed.failedLate,
    pair_ended_failed: ended.failed,
    load_before: loadBefore,
  }),
);
process.exit(medianMs <= barMs && killed.failedLate === 0 ? 0 : 1);
