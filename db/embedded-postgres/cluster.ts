import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Binaries } from "./binaries.ts";
import { openSharedFolder } from "./shared-folder.ts";
import { canReach, type UnixUser } from "./unprivileged-user.ts";

const run = promisify(execFile);

export interface Cluster {
  folder: string;
  user: UnixUser | null;
  binaries: Binaries;
}

/**
 * The given folder, or, where the unprivileged user cannot get to it, a place in the shared folder. A link is left where
 * it was asked for, so that the cluster is found again whatever becomes of the folders above.
 */
export function placeCluster(folder: string, user: UnixUser | null): string {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  const existing = lstatSync(folder, { throwIfNoEntry: false });
  if (existing?.isSymbolicLink() === true) return readlinkSync(folder);
  if (user === null || canReach(user, parent)) return folder;
  if (existing !== undefined) {
    throw new Error(
      `The user that runs PostgreSQL (uid ${user.uid}) can no longer reach ${folder}: give it the right to pass ` +
        "through the folders above (chmod o+x).",
    );
  }
  const place = join(openSharedFolder(), createHash("sha256").update(folder).digest("hex").slice(0, 16));
  symlinkSync(place, folder);
  return place;
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

/**
 * Runs one of PostgreSQL's programs as the cluster's owner; its messages are in the thrown error. Of our environment it
 * sees the PATH only: no secrets, and no PG… variables meant for another server.
 */
export async function runAsOwner(cluster: Cluster, program: string, parameters: string[]): Promise<void> {
  const environment: Record<string, string | undefined> = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
  await run(program, parameters, {
    ...(cluster.user ?? {}),
    cwd: "/",
    env: environment as NodeJS.ProcessEnv,
    timeout: 120_000,
  });
}
