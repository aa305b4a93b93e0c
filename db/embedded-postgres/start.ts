import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import postgres from "postgres";
import { findBinaries } from "./binaries.ts";
import { type Cluster, findRunningServer, initialise, placeCluster, runAsOwner } from "./cluster.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

/**
 * A real PostgreSQL from the dependencies. It runs on its own, outside this process's group and without its pipes: when
 * whoever started it is killed, it goes on, and the next start adopts it.
 */
export interface EmbeddedPostgres {
  /** Of the database `anytime`. */
  url: string;
  pid: number;
  /** True where the server was running already. */
  adopted: boolean;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Becomes the cluster's folder. */
  folder: string;
  password: string;
  /** Further `name=value` settings of PostgreSQL. */
  settings?: string[];
}

const database = "anytime";
const firstPort = 5480;
const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "shared_buffers=128MB",
];

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = unprivilegedUser();
  const cluster: Cluster = { folder: placeCluster(options.folder, user), user, binaries: findBinaries(user) };
  await initialise(cluster, options.password);
  const found = findRunningServer(cluster);
  const server = found ?? (await start(cluster, options.settings ?? []));
  const url = (name: string) =>
    `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${server.port}/${name}`;
  await createDatabase(url("postgres"));
  return { url: url(database), pid: server.pid, adopted: found !== null, stop: () => stop(cluster) };
}

async function start(cluster: Cluster, extra: string[]) {
  const port = await choosePort(join(cluster.folder, "anytime-port"));
  const flags = ["-p", String(port), ...[...settings, ...extra].flatMap((setting) => ["-c", `'${setting}'`])];
  const log = join(cluster.folder, "server.log");
  await runAsOwner(cluster, cluster.binaries.pgCtl, [
    "start",
    "-D",
    cluster.folder,
    "-l",
    log,
    "-o",
    flags.join(" "),
    "-w",
    "-t",
    "90",
  ]);
  const server = findRunningServer(cluster);
  if (server === null) throw new Error(`PostgreSQL did not start; its log is ${log}.`);
  return server;
}

/** The same port each time where it is free: routers that outlived the last start still know it. */
async function choosePort(file: string): Promise<number> {
  const remembered = existsSync(file) ? Number(readFileSync(file, "utf8")) : firstPort;
  for (let port = remembered; port < remembered + 200; port += 1) {
    if (!(await isFree(port))) continue;
    writeFileSync(file, String(port));
    return port;
  }
  throw new Error(`No port is free for PostgreSQL from ${remembered} on.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

async function createDatabase(adminUrl: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined, connect_timeout: 60 });
  try {
    const rows = await sql`select 1 from pg_database where datname = ${database}`;
    if (rows.length === 0) await sql.unsafe(`create database ${database}`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function stop(cluster: Cluster): Promise<void> {
  if (findRunningServer(cluster) === null) return;
  await runAsOwner(cluster, cluster.binaries.pgCtl, [
    "stop",
    "-D",
    cluster.folder,
    "-m",
    "fast",
    "-w",
    "-t",
    "60",
  ]);
}
