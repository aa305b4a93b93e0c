import { readdir, readFile, realpath } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { runGit } from "./git.ts";

/** What Git reads of a repository when it serves a fetch; other things may well lead out, such as `hooks`. */
const servedParts = ["HEAD", "packed-refs", "shallow", "objects", "refs", "reftable"];

/**
 * The real Git folder of the repository at a path: its `.git`, or a bare repository itself. Null where there is none,
 * or where a link, a `.git` file, a worktree or an alternate leads out of the allowed folders.
 */
export async function findGitFolder(path: string, allowedFolders: readonly string[]): Promise<string | null> {
  const allowed = (await Promise.all(allowedFolders.map(realPath))).filter((folder) => folder !== null);
  const search: Search = { allowed, seen: new Set() };
  const folder = await realPath(path);
  if (folder === null || !isAllowed(folder, search)) return null;
  const dotGit = join(folder, ".git");
  const found = await askGit((await realPath(dotGit)) === null ? folder : dotGit);
  for (const part of found) {
    if (part === null || !isAllowed(part, search) || !(await servesFromInside(part, search))) return null;
  }
  return found[0] ?? null;
}

interface Search {
  allowed: readonly string[];
  /** Real paths that have been looked at. */
  seen: Set<string>;
}

/** The Git folder, and the one that it shares with the repository's other worktrees. */
async function askGit(folder: string): Promise<(string | null)[]> {
  const result = await runGit([`--git-dir=${folder}`, "rev-parse", "--absolute-git-dir", "--git-common-dir"]);
  if (result.exitCode !== 0) return [null];
  const lines = result.stdout.replace(/\n$/, "").split("\n");
  return lines.length === 2 ? Promise.all(lines.map((line) => realPath(resolve("/", line)))) : [null];
}

/** What cannot be looked at is refused, since it might hide a way out. */
async function servesFromInside(gitFolder: string, search: Search): Promise<boolean> {
  try {
    for (const part of servedParts) {
      if (!(await staysInside(join(gitFolder, part), search))) return false;
    }
    return await alternatesStayInside(join(gitFolder, "objects"), search);
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/** With every link beneath it, and beneath what those lead to. What is not there leads nowhere. */
async function staysInside(path: string, search: Search): Promise<boolean> {
  const real = await realPath(path);
  if (real === null || search.seen.has(real)) return true;
  if (!isAllowed(real, search)) return false;
  search.seen.add(real);
  const entries = await readdir(real, { recursive: true, withFileTypes: true }).catch(orNull("ENOTDIR"));
  for (const entry of entries ?? []) {
    if (!entry.isSymbolicLink()) continue;
    if (!(await staysInside(join(entry.parentPath, entry.name), search))) return false;
  }
  return true;
}

/** Object stores that this one borrows from, each of which may borrow again. */
async function alternatesStayInside(objects: string, search: Search): Promise<boolean> {
  const real = await realPath(objects);
  const list = join(objects, "info/alternates");
  if (real === null || search.seen.has(list)) return true;
  search.seen.add(list);
  const text = await readFile(list, "utf8").catch(orNull("ENOENT"));
  for (const line of (text ?? "").split("\n").filter((it) => it !== "" && !it.startsWith("#"))) {
    // Git takes C's escapes in quotes: nobody writes them, so they are not followed.
    if (line.startsWith('"')) return false;
    const borrowed = resolve(real, line);
    if (!(await staysInside(borrowed, search))) return false;
    if (!(await alternatesStayInside(borrowed, search))) return false;
  }
  return true;
}

function isAllowed(path: string, { allowed }: Search): boolean {
  return allowed.some(
    (parent) => path === parent || path.startsWith(parent.endsWith(sep) ? parent : parent + sep),
  );
}

function realPath(path: string): Promise<string | null> {
  return realpath(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  });
}

function orNull(code: string): (error: unknown) => null {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === code) return null;
    throw error;
  };
}
