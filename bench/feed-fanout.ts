/**
 * The public feed live, to 10 thousand subscribers at one web process: how long an event takes from just before its
 * commit to each of them, what each costs in memory, and that none misses any, in the order of the commits, though
 * writers overtake each other and web is ended in order once and killed once meanwhile. Memory is what the system counts
 * for the process (RSS) after its garbage was collected (--expose-gc), before and after they came. Subscribers are plain
 * sockets in two processes, from several addresses of this machine. Needs Linux and `npm test -- build`.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openDatabase } from "#db/client.ts";
import { freePort } from "#db/testing/free-port.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { systemContext } from "#server/kernel/context.ts";
import { Audience } from "./feed-fanout/audience.ts";
import { printReport, type Run } from "./feed-fanout/report.ts";
import { Writers } from "./feed-fanout/writers.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";
import { startWeb, type WebProcess } from "./web/web-process.ts";

const subscribers = Number(process.env.ANYTIME_BENCH_SUBSCRIBERS ?? 10_000);
const steadyMs = Number(process.env.ANYTIME_BENCH_SECONDS ?? 40) * 1_000;
const settledMs = 1_000;
const backWithinMs = 60_000;
const heardWithinMs = 10_000;

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const database = await openBenchDatabase(join(folder, "postgres"));
const client = openDatabase(database.url, { connections: 10, name: "bench" });
const port = await freePort();
const writers = new Writers(systemContext(client.db, "bench"), client.sql, await makePlaces());
let web = await start();
const audience = new Audience(port, subscribers);
let passed = false;
try {
  passed = printReport(await measure());
} finally {
  await writers.stop();
  await audience.leave();
  await web.stop();
  await client.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);

async function measure(): Promise<Run> {
  const loadBefore = loadavg()[0] ?? 0;
  const before = await memoryOf(web);
  await audience.open();
  const open = await memoryOf(web);
  writers.start();
  await delay(steadyMs / 2);
  let told = 0;
  await restart(async () => {
    // Collecting garbage holds web up.
    told = await memoryOf(web);
    await web.stop();
  }, 1);
  await delay(steadyMs / 4);
  await restart(kill, 2);
  await delay(steadyMs / 4);
  await writers.stop();
  await delay(heardWithinMs);
  const { events, overtaken } = await writers.expected();
  const checked = await audience.check(events);
  return {
    subscribers,
    events: events.length,
    overtaken,
    restarts: 2,
    checked,
    rssBytes: { before, open, told },
    loadBefore,
  };
}

/** Until all subscribers are back, what is published counts as interrupted. */
async function restart(end: () => Promise<void>, times: number): Promise<void> {
  writers.isSteady = false;
  await delay(settledMs);
  await end();
  web = await start();
  const deadline = Date.now() + backWithinMs;
  while ((await audience.opened()) < subscribers * (times + 1)) {
    if (Date.now() > deadline) throw new Error("Not all subscribers came back.");
    await delay(100);
  }
  await delay(settledMs);
  writers.isSteady = true;
}

async function kill(): Promise<void> {
  const exited = once(web.process, "exit");
  web.process.kill("SIGKILL");
  await exited;
}

function start(): Promise<WebProcess> {
  const preloaded = new URL("./feed-fanout/collect-garbage.mjs", import.meta.url).href;
  return startWeb({
    databaseUrl: database.url,
    dataFolder: join(folder, "data"),
    port,
    flags: ["--expose-gc", "--import", preloaded],
  });
}

async function memoryOf({ process: web }: WebProcess): Promise<number> {
  web.send("measure-memory");
  const [{ rssBytes }] = await once(web, "message");
  return rssBytes;
}

async function makePlaces() {
  const shown = await insertServiceEnvironment(client.sql, { service: "shop", environment: "production" });
  const hidden = await insertServiceEnvironment(client.sql, { service: "hidden", environment: "production" });
  await client.sql`update environments set is_shown = true`;
  await client.sql`update services set is_public = true where slug = 'shop'`;
  return { shown: shown.serviceEnvironmentId, hidden: hidden.serviceEnvironmentId };
}
