import type { Dirent } from "node:fs";
import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { join, normalize, posix, sep } from "node:path";
import { StepError } from "#server/kernel/errors.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import { openUnfollowed } from "./open-unfollowed.ts";

/** What goes into an artifact: paths relative to the folder, sorted, parents before what is in them. */
export interface CollectedFiles {
  paths: string[];
  fileCount: number;
}

/**
 * Lists the included files and folders with all that is beneath them; an empty list means everything but `.git`.
 * Throws StepError naming a path that does not exist, leads out of the folder, or is no file, folder or link.
 */
export async function collectFiles(
  folder: string,
  include: readonly string[],
  account: Account = null,
): Promise<CollectedFiles> {
  const entries: Entries = new Map();
  const tree: Tree = { root: await realpath(folder), account, entries };
  for (const name of include.length === 0 ? ["."] : include) await addIncluded(tree, cleanPath(name));
  const paths = [...entries.keys()].sort((a, b) => (a < b ? -1 : 1));
  return { paths, fileCount: [...entries.values()].filter((kind) => kind === "file").length };
}

type Entries = Map<string, "file" | "folder">;

interface Tree {
  root: string;
  /** Whom all of it must belong to; null for whomever. */
  account: Account;
  entries: Entries;
}

function cleanPath(name: string): string {
  const path = normalize(name).replace(/\/+$/, "");
  if (path.startsWith("/") || path === ".." || path.startsWith("../")) {
    throw new StepError(`package.include: ${name} leads out of the service's folder.`);
  }
  return path;
}

async function addIncluded(tree: Tree, path: string): Promise<void> {
  const { root, entries } = tree;
  const parents = path.split("/").slice(0, -1);
  for (let depth = 1; depth <= parents.length; depth += 1) {
    const parent = parents.slice(0, depth).join("/");
    const found = await lstat(join(root, parent)).catch(() => null);
    if (found?.isSymbolicLink()) {
      throw new StepError(
        `package.include: ${path} goes through the symbolic link ${parent}. Name its target.`,
      );
    }
    if (found?.isDirectory()) entries.set(parent, "folder");
  }
  const found = await lstat(join(root, path)).catch(() => null);
  if (found === null) {
    throw new StepError(
      `package.include: there is no ${path} after the build. Does the build make it, and under this name?`,
    );
  }
  await addEntry(tree, path === "." ? "" : path, found);
}

async function addEntry(
  tree: Tree,
  path: string,
  found: Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">,
): Promise<void> {
  const { root, entries } = tree;
  if (found.isFile()) entries.set(path, "file");
  else if (found.isSymbolicLink()) entries.set(await checkedLink(root, path), "file");
  else if (found.isDirectory()) await addFolder(tree, path);
  else throw new StepError(`${path} is neither a file, a folder nor a symbolic link: it cannot be packed.`);
}

async function addFolder(tree: Tree, path: string): Promise<void> {
  if (path !== "") tree.entries.set(path, "folder");
  for (const entry of await entriesOf(tree, path)) {
    if (path === "" && entry.name === ".git") continue;
    await addEntry(tree, path === "" ? entry.name : `${path}/${entry.name}`, entry);
  }
}

/** Where the build ran as somebody else, of the folder that was opened, wherever its path may lead by now. */
async function entriesOf({ root, account }: Tree, path: string): Promise<Dirent[]> {
  const folder = join(root, path);
  if (account === null) return readdir(folder, { withFileTypes: true });
  const handle = await openUnfollowed(folder, path || "The folder", account);
  try {
    return await readdir(`/proc/self/fd/${handle.fd}`, { withFileTypes: true });
  } finally {
    await handle.close();
  }
}

async function checkedLink(root: string, path: string): Promise<string> {
  const target = await readlink(join(root, path));
  if (linkStaysInside(path, target)) {
    // Written inside, it may still lead out by way of another link; one that leads nowhere is harmless.
    const reached = await realpath(join(root, path)).catch(() => root);
    if (reached === root || reached.startsWith(root + sep)) return path;
  }
  throw new StepError(
    `${path} is a symbolic link to ${target}, outside of what can be packed. Let the build copy what it needs.`,
  );
}

/** Whether a relative link in the tree leads to a place in the tree. Absolute ones never do: the tree moves. */
export function linkStaysInside(path: string, target: string): boolean {
  if (target.startsWith("/")) return false;
  const reached = posix.join(posix.dirname(path), target);
  return reached !== ".." && !reached.startsWith("../");
}
