import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { migrate } from "#db/migrate.ts";
import { freePort } from "#db/testing/free-port.ts";
import { repositoryRoot } from "#server/kernel/env.ts";
import { takesConnections } from "#server/processes/traffic-router/testing/router-process.ts";
import { endMarked } from "#server/services/targets/end-marked.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";

/** Something that a round may strike: it is brought back by `restart` after KILL, by `wake` after STOP. */
export interface Victim {
  name: string;
  kill(): Promise<void>;
  stop(): void;
  wake(): void;
  restart(): Promise<void>;
}

export interface World {
  databaseUrl: string;
  dataFolder: string;
  routerPort: number;
  workers: Victim[];
  router: Victim;
  web: Victim;
  monitor: Victim;
  postgres: Victim;
  close(): Promise<void>;
}

/** The processes of an installation, each started as its supervisor starts it, on a database and folder of their own. */
export async function openWorld(folder: string, workerNames: readonly string[]): Promise<World> {
  const postgres = await openPostgres(join(folder, "postgres"));
  const dataFolder = join(folder, "data");
  await mkdir(dataFolder);
  const [routerPort, portalPort] = [await freePort(), await freePort()];
  const common = {
    DATABASE_URL: postgres.url,
    ANYTIME_DATA: dataFolder,
    ANYTIME_ROUTER_PORT: String(routerPort),
    ANYTIME_PORT: String(portalPort),
    ANYTIME_LOCAL_REPOSITORIES: dataFolder,
    NODE_ENV: "production",
  };
  const open = async (
    name: string,
    entry: string,
    port: number | null,
    more: Record<string, string> = {},
  ) => {
    const logFile = join(folder, `${name}.log`);
    const victim = openProcess({ name, entry, port, logFile, env: { ...common, ...more } });
    await victim.restart();
    return victim;
  };
  const router = await open("router", "traffic-router", routerPort);
  const workers: Victim[] = [];
  for (const name of workerNames) {
    workers.push(await open(name, "deploy-worker", null, { ANYTIME_WORKER: name }));
  }
  const monitor = await open("monitor", "monitor", null);
  const web = await open("web", "web", portalPort);
  return {
    ...{ databaseUrl: postgres.url, dataFolder, routerPort },
    ...{ workers, router, web, monitor, postgres },
    async close() {
      for (const victim of [...workers, monitor, web, router]) await victim.kill();
      for (const name of workerNames) await endMarked(ownerMarks(dataFolder, name), 0);
      await postgres.close();
    },
  };
}

const startedWithinMs = 30_000;
const restartEveryMs = 500;

interface ProcessOptions {
  name: string;
  /** Its file in server/processes. */
  entry: string;
  /** Ready when this port takes connections; null: when it says so. */
  port: number | null;
  logFile: string;
  env: Record<string, string>;
}

function openProcess({ name, entry, port, logFile, env }: ProcessOptions): Victim {
  let child: ChildProcess | null = null;
  const signal = (by: NodeJS.Signals) => void child?.kill(by);
  return {
    name,
    stop: () => signal("SIGSTOP"),
    wake: () => signal("SIGCONT"),
    async kill() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      signal("SIGKILL");
      await exited;
    },
    async restart() {
      const deadline = Date.now() + startedWithinMs;
      while (!(await startOnce())) {
        if (Date.now() > deadline) throw new Error(`${name} does not start: see ${logFile}.`);
        await delay(restartEveryMs);
      }
    },
  };

  /** False where it ended instead of getting ready, as without a database: its supervisor would try again. */
  async function startOnce(): Promise<boolean> {
    const log = openSync(logFile, "a");
    const parameters = ["--disable-warning=ExperimentalWarning"];
    const file = join(repositoryRoot, "server/processes", `${entry}.ts`);
    const started = spawn(process.execPath, [...parameters, file], {
      cwd: repositoryRoot,
      stdio: ["ignore", log, log, "ipc"],
      env: { ...process.env, ...env },
    });
    closeSync(log);
    child = started;
    const isReady = (port === null ? once(started, "message") : listening(port)).then(() => true);
    const hasEnded = once(started, "exit").then(() => false);
    return Promise.race([isReady, hasEnded]);
  }
}

async function listening(port: number): Promise<void> {
  while (!(await takesConnections(port))) await delay(20);
}

async function openPostgres(folder: string): Promise<Victim & { url: string; close(): Promise<void> }> {
  const options = { folder, password: "chaos" };
  let server = await startEmbeddedPostgres(options);
  const { url, port } = server;
  await migrate(url);
  const all = () => [server.pid, ...childrenOf(server.pid)];
  const signal = (by: NodeJS.Signals) => {
    for (const pid of all()) tryToSignal(pid, by);
  };
  return {
    name: "postgres",
    url,
    stop: () => signal("SIGSTOP"),
    wake: () => signal("SIGCONT"),
    async kill() {
      const pids = all();
      for (const pid of pids) tryToSignal(pid, "SIGKILL");
      while (pids.some((pid) => tryToSignal(pid, 0))) await delay(10);
    },
    async restart() {
      server = await startEmbeddedPostgres({ ...options, port });
    },
    close: () => server.stop(),
  };
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    // It ended while we looked.
    return null;
  }
}

function tryToSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
