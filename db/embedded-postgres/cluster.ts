import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Binaries, sharedFolder } from "./binaries.ts";
import { canReach, type UnixUser } from "./unprivileged-user.ts";

const run = promisify(execFile);

export interface Cluster {
  folder: string;
  user: UnixUser | null;
  binaries: Binaries;
}

/** The given folder, or, where the unprivileged user cannot get to it, a place in the shared folder named after it. */
export function placeCluster(folder: string, user: UnixUser | null): string {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  if (user === null || canReach(user, parent)) return folder;
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 });
  return join(sharedFolder, createHash("sha256").update(folder).digest("hex").slice(0, 16));
}

/** Runs initdb once; made beside and renamed, so that a half-made cluster is never used. */
export async function initialise(cluster: Cluster, password: string): Promise<void> {
  if (existsSync(join(cluster.folder, "PG_VERSION"))) return;
  const beside = `${cluster.folder}.new`;
  rmSync(beside, { recursive: true, force: true });
  makeOwnedFolder(beside, cluster.user);
  const passwordFile = `${beside}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (cluster.user !== null) chownSync(passwordFile, cluster.user.uid, cluster.user.gid);
  const authentication = ["--username=postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  const locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  try {
    await runAsOwner(cluster, cluster.binaries.initdb, ["-D", beside, ...authentication, ...locale]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(beside, cluster.folder);
}

function makeOwnedFolder(folder: string, user: UnixUser | null): void {
  mkdirSync(folder, { mode: 0o700 });
  chmodSync(folder, 0o700);
  if (user !== null) chownSync(folder, user.uid, user.gid);
}

/** Runs one of PostgreSQL's programs as the cluster's owner. Its messages are in the thrown error. */
export async function runAsOwner(cluster: Cluster, program: string, parameters: string[]): Promise<void> {
  const environment = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  await run(program, parameters, { ...(cluster.user ?? {}), cwd: "/", env: environment, timeout: 120_000 });
}

export interface RunningServer {
  pid: number;
  port: number;
}

/** The server that holds this cluster, or null. A pid file left behind by a crash is told from a living server. */
export function findRunningServer(cluster: Cluster): RunningServer | null {
  const file = join(cluster.folder, "postmaster.pid");
  if (!existsSync(file)) return null;
  const [pid, folder, , port] = readFileSync(file, "utf8").split("\n");
  const isOurs = folder === cluster.folder && isPostgres(Number(pid));
  if (isOurs) return { pid: Number(pid), port: Number(port) };
  rmSync(file);
  return null;
}

/** A pid is reused after a reboot: only a living process of this name counts. */
function isPostgres(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, "utf8").includes("postgres");
}
