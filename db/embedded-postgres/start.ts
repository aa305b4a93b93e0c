import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import postgres from "postgres";
import { findBinaries } from "./binaries.ts";
import { type Cluster, initialise, placeCluster, runAsOwner } from "./cluster.ts";
import { findRunningServer, type RunningServer } from "./running-server.ts";
import { endIfStuck } from "./stuck-server.ts";
import { clusterUser } from "./unprivileged-user.ts";

/**
 * A real PostgreSQL from the dependencies. It runs on its own, outside this process's group and without its pipes: when
 * whoever started it is killed, it goes on, and the next start adopts it.
 */
export interface EmbeddedPostgres {
  /** Of the database `anytime`. */
  url: string;
  pid: number;
  port: number;
  /** True where the server was running already. */
  adopted: boolean;
  stop(): Promise<void>;
  /** See stuck-server.ts. */
  endIfStuck(): Promise<boolean>;
}

export interface EmbeddedPostgresOptions {
  /** Becomes the cluster's folder. */
  folder: string;
  password: string;
  /** Further `name=value` settings of PostgreSQL. */
  settings?: string[];
  /** This port or none, for a server whose clients know its address already. */
  port?: number;
}

const database = "anytime";
/** Each cluster begins to look at a port of its own: one that is down for a moment rarely loses it to another. */
const firstPort = 15_480;
const portRange = 1_000;
const wrongPassword = "28P01";
const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "shared_buffers=128MB",
];

/** Errors are plain, with a message for the operator: what to mend, or the last lines of the server's log. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = clusterUser(options.folder);
  const cluster: Cluster = { folder: placeCluster(options.folder, user), user, binaries: findBinaries(user) };
  await initialise(cluster, options.password);
  const urlAt = (port: number, name: string) =>
    `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${name}`;
  const found = await findUsableServer(cluster, (port) => urlAt(port, "postgres"));
  const { pid, port } = found ?? (await start(cluster, options));
  const admin = urlAt(port, "postgres");
  await createDatabase(admin);
  return {
    url: urlAt(port, database),
    pid,
    port,
    adopted: found !== null,
    stop: () => stop(cluster),
    endIfStuck: () => endIfStuck({ pid, port }, admin),
  };
}

async function findUsableServer(
  cluster: Cluster,
  urlAt: (port: number) => string,
): Promise<RunningServer | null> {
  const found = await findRunningServer(cluster.folder);
  return found !== null && (await endIfStuck(found, urlAt(found.port))) ? null : found;
}

async function start(cluster: Cluster, options: EmbeddedPostgresOptions): Promise<RunningServer> {
  const log = join(cluster.folder, "server.log");
  for (;;) {
    const port = options.port ?? (await choosePort(cluster.folder));
    const flags = ["-p", String(port), ...[...settings, ...(options.settings ?? [])].flatMap(asFlag)];
    const parameters = ["start", "-D", cluster.folder, "-l", log, "-o", flags.join(" "), "-w", "-t", "90"];
    try {
      await runAsOwner(cluster, cluster.binaries.pgCtl, parameters);
      break;
    } catch (cause) {
      // Another server, started at the same moment, may have been given the same port and have been faster.
      if (options.port === undefined && !(await isFree(port))) continue;
      throw new Error(`PostgreSQL did not start. The last lines of ${log}:\n\n${lastLines(log)}`, { cause });
    }
  }
  const server = await findRunningServer(cluster.folder);
  if (server === null)
    throw new Error(`PostgreSQL ended at once. The last lines of ${log}:\n\n${lastLines(log)}`);
  return server;
}

function asFlag(setting: string): string[] {
  return ["-c", `'${setting}'`];
}

function lastLines(log: string): string {
  return existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").slice(-12).join("\n") : "(empty)";
}

/** The same port each time where it is free: routers that outlived the last start still know it. */
async function choosePort(folder: string): Promise<number> {
  const file = join(folder, "anytime-port");
  const ownFirst = firstPort + (createHash("sha256").update(folder).digest().readUInt32BE() % portRange);
  const remembered = existsSync(file) ? Number(readFileSync(file, "utf8")) : ownFirst;
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
  } catch (error) {
    if (!(error instanceof postgres.PostgresError) || error.code !== wrongPassword) throw error;
    const message = "The stored password does not open the database: restore the secrets that belong to it.";
    throw new Error(message, { cause: error });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function stop(cluster: Cluster): Promise<void> {
  if ((await findRunningServer(cluster.folder)) === null) return;
  const parameters = ["stop", "-D", cluster.folder, "-m", "fast", "-w", "-t", "60"];
  await runAsOwner(cluster, cluster.binaries.pgCtl, parameters);
}
