import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod, lchown, lstat, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { UnixUser } from "#db/embedded-postgres/unprivileged-user.ts";
import { asPattern } from "./disk-use.ts";
import { programUnder } from "./program-under.ts";
import type { Account } from "./service-accounts.ts";

const run = promisify(execFile);

/** Folders are set aside at once, since their names may be used anew, and removed when there is time. */
export const asidePrefix = ".removed-";

/**
 * Makes a folder that only the account may look into, unless it is there; one of another account is set aside. What
 * lies above it must be the worker's: root changes nothing in a folder in which a service could swap it for a link.
 */
export async function makeOwnFolder(folder: string, account: Account): Promise<void> {
  if (account === null) return void (await mkdir(folder, { recursive: true, mode: 0o700 }));
  const owner = await setAsideOthers(folder, ({ uid }) => uid === 0 || uid === account.uid);
  if (owner?.uid === account.uid) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Just made, here or by a neighbour at the same moment; or from before services had accounts.
  if ((await readdir(folder)).length > 0) await giveTree(folder, account);
  else await lchown(folder, account.uid, account.gid);
}

/** Makes a folder that the account may pass through and read, and nobody change but the worker. */
export async function makeReadableFolder(folder: string, account: Account): Promise<void> {
  if (account === null) return void (await mkdir(folder, { recursive: true, mode: 0o700 }));
  await setAsideOthers(folder, ({ uid, gid }) => uid === 0 && (gid === 0 || gid === account.gid));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await lchown(folder, 0, account.gid);
  await chmod(folder, 0o750);
}

/** Gives the account a tree in which it cannot change anything yet. */
export async function giveTree(folder: string, account: Account): Promise<void> {
  if (account !== null) await run("chown", ["-R", "-h", `${account.uid}:${account.gid}`, folder]);
}

/**
 * Removes a tree. What belongs to another is removed under its owner: a process of a service that is still about could
 * lead root astray by swapping a folder for a link.
 */
export async function removeTree(path: string): Promise<void> {
  const found = await lstat(path).catch(nullIfGone);
  if (found === null) return;
  if (process.getuid?.() !== 0 || !found.isDirectory()) return rm(path, { recursive: true, force: true });
  if (found.uid !== 0) await emptyUnder(found, path);
  else for (const name of await readdir(path)) await removeTree(join(path, name));
  await rmdir(path).catch(nullIfGone);
}

export async function setAside(parent: string, name: string): Promise<void> {
  // Another worker on this data folder may be faster.
  await rename(join(parent, name), join(parent, `${asidePrefix}${randomUUID()}`)).catch(nullIfGone);
}

/** The last of it cannot go: the folder above is not the owner's. Folders that a build made read-only are opened first. */
async function emptyUnder(owner: UnixUser, folder: string): Promise<void> {
  const script = 'rm -rf "$0"; [ -z "$(ls -A "$0")" ] || { chmod -R u+rwX "$0"; rm -rf "$0"; }; true';
  await runUnder({ uid: owner.uid, gid: owner.gid }, ["/bin/sh", "-c", script, folder]);
}

async function runUnder(account: UnixUser, program: readonly [string, ...string[]]): Promise<void> {
  const { file, parameters, options } = programUnder(account, "/", program);
  await run(file, parameters, {
    ...options,
    // Marked, so that nobody takes it for what the service has left behind.
    env: { ANYTIME_OWNER: "portal" } as unknown as NodeJS.ProcessEnv,
    maxBuffer: Number.POSITIVE_INFINITY,
  });
}

/**
 * Removes what an account has in folders that others use, too, as far as it may itself: under it, for what is opened
 * here cannot lead root astray. What lies in the folder to be left out stays.
 */
export async function removeFilesOf(
  account: UnixUser,
  folders: readonly string[],
  leftOut: string,
): Promise<void> {
  const script = [
    "uid=$1; left_out=$2; shift 2",
    'find "$@" -xdev -path "$left_out" -prune -o -user "$uid" -type d ! -perm -700 -exec chmod u+rwx {} \\;',
    'find "$@" -xdev ! -path "$left_out/*" -user "$uid" -delete',
  ].join("\n");
  const parameters = [String(account.uid), asPattern(leftOut), ...folders];
  await runUnder(account, ["/bin/sh", "-c", `${script}\ntrue`, "sh", ...parameters]);
}

/** Resolves with whom the folder belongs to that is there and stays. */
async function setAsideOthers(
  folder: string,
  isRight: (found: UnixUser) => boolean,
): Promise<UnixUser | null> {
  const found = await lstat(folder).catch(nullIfGone);
  if (found === null || isRight(found)) return found;
  await setAside(dirname(folder), basename(folder));
  return null;
}

function nullIfGone(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
