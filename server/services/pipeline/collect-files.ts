import { closeSync, type Dirent, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { join, normalize } from "node:path";
import { StepError } from "#server/kernel/errors.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import { artifactBounds } from "./artifact-bounds.ts";
import { leadsOut } from "./links-inside.ts";
import { openUnfollowed } from "./open-unfollowed.ts";

/** What a path is; of a link, where it leads. */
export type CollectedEntry = "file" | "folder" | { target: string };

/** What goes into an artifact, relative to the folder: sorted, parents before what is in them. */
export interface CollectedFiles {
  root: string;
  entries: [path: string, entry: CollectedEntry][];
  /** Files and symbolic links, not folders. */
  fileCount: number;
}

/**
 * Lists the included files and folders with all that is beneath them; an empty list means everything but `.git`.
 * Throws StepError naming a path that does not exist, leads out of the folder, or is no file, folder or link.
 */
export function collectFiles(
  folder: string,
  include: readonly string[],
  account: Account = null,
): CollectedFiles {
  const found: Map<string, CollectedEntry> = new Map();
  const tree: Tree = { root: realpathSync(folder), account, found };
  for (const name of include.length === 0 ? ["."] : include) addIncluded(tree, cleanPath(name));
  checkLinks(found);
  const entries = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const fileCount = entries.filter(([, entry]) => entry !== "folder").length;
  if (fileCount === 0) throw nothingIn(include);
  return { root: tree.root, entries, fileCount };
}

interface Tree {
  root: string;
  /** Whom all of it must belong to; null for whomever. */
  account: Account;
  found: Map<string, CollectedEntry>;
}

function nothingIn(include: readonly string[]): StepError {
  if (include.length === 0)
    return new StepError("There is not a single file to pack. Does the build make any?");
  return new StepError(
    `package.include: there is not a single file to pack in ${include.join(", ")}. Does the build make any?`,
  );
}

function cleanPath(name: string): string {
  const path = normalize(name).replace(/\/+$/, "");
  if (path.startsWith("/") || path === ".." || path.startsWith("../")) {
    throw new StepError(`package.include: ${name} leads out of the service's folder.`);
  }
  return path;
}

function addIncluded(tree: Tree, path: string): void {
  const { root, found } = tree;
  const parents = path.split("/").slice(0, -1);
  for (let depth = 1; depth <= parents.length; depth += 1) {
    const parent = parents.slice(0, depth).join("/");
    const stat = statOf(join(root, parent));
    if (stat?.isSymbolicLink()) {
      throw new StepError(
        `package.include: ${path} goes through the symbolic link ${parent}. Name its target.`,
      );
    }
    if (stat?.isDirectory()) found.set(parent, "folder");
  }
  const stat = statOf(join(root, path));
  if (stat === null) {
    throw new StepError(
      `package.include: there is no ${path} after the build. Does the build make it, and under this name?`,
    );
  }
  addEntry(tree, path === "." ? "" : path, stat);
}

function statOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    // What is beneath a file, not a folder, is not there either.
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return null;
    throw error;
  }
}

function addEntry(
  tree: Tree,
  path: string,
  kind: Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">,
): void {
  const { root, found } = tree;
  checkBounds(found, path);
  if (kind.isFile()) found.set(path, "file");
  else if (kind.isSymbolicLink()) found.set(path, { target: readlinkSync(join(root, path)) });
  else if (kind.isDirectory()) addFolder(tree, path);
  else throw new StepError(`${path} is neither a file, a folder nor a symbolic link: it cannot be packed.`);
}

function addFolder(tree: Tree, path: string): void {
  if (path !== "") tree.found.set(path, "folder");
  for (const entry of entriesOf(tree, path)) {
    if (path === "" && entry.name === ".git") continue;
    addEntry(tree, path === "" ? entry.name : `${path}/${entry.name}`, entry);
  }
}

/** Where the build ran as somebody else, of the folder that was opened, wherever its path may lead by now. */
function entriesOf({ root, account }: Tree, path: string): Dirent[] {
  const folder = join(root, path);
  if (account === null) return readdirSync(folder, { withFileTypes: true });
  const { descriptor } = openUnfollowed(folder, path || "The folder", account);
  try {
    return readdirSync(`/proc/self/fd/${descriptor}`, { withFileTypes: true });
  } finally {
    closeSync(descriptor);
  }
}

function checkBounds(found: Tree["found"], path: string): void {
  const { entries, nameBytes } = artifactBounds;
  if (found.size >= entries) {
    throw new StepError(`There are more than ${entries} files and folders to pack. Include fewer.`);
  }
  // A name that is no UTF-8 was read with this in the place of its bytes.
  if (path.includes("\uFFFD") || Buffer.byteLength(path) > nameBytes) {
    throw new StepError(`${path} cannot be packed: its name is no UTF-8, or longer than ${nameBytes} bytes.`);
  }
}

/** A link that leads nowhere is harmless. */
function checkLinks(found: Tree["found"]): void {
  const links = new Map<string, string>();
  for (const [path, entry] of found) if (typeof entry === "object") links.set(path, entry.target);
  for (const [path, target] of links) {
    if (!leadsOut(links, path)) continue;
    throw new StepError(
      `${path} is a symbolic link to ${target}, outside of what can be packed. Let the build copy what it needs.`,
    );
  }
}
