import type { ChangedFile, CommitChanges } from "#server/domain/commit-changes.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { GitLimitError } from "./git.ts";
import { literalPaths } from "./list-commits.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

export interface ChangesQuery {
  /** Commits in `head` that are not in `base`. */
  base: string;
  head: string;
  /** Only what touches this folder, or one of `also`. */
  path: string | null;
  also: readonly string[];
  /** At most so many commits, the newest. */
  limit: number;
}

const timeoutMs = 10_000;
const mostBytes = 16 * 1024 * 1024;
const mostFiles = 1_000;
const mostRoutesOfFile = 50;

const commitMark = "\u0001";
const fields = ["-z", "--format=tformat:%x00%x01%x00%H%x00%ct%x00%s%x00%b%x00"];
const plainPatch = [
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--find-renames",
];

/**
 * What each commit changes, newest first. Merges are left out: what they bring stands for itself. Where the changes are too many to
 * be read in ten seconds, the files alone are told.
 */
export async function listChanges(mirror: Mirror, query: ChangesQuery): Promise<CommitChanges[]> {
  try {
    return parseChanges(await log(mirror, query, ["--patch", "--unified=0"]), parsePatch);
  } catch (error) {
    if (!(error instanceof GitLimitError)) throw error;
    return parseChanges(await log(mirror, query, ["--name-status"]), parseNames);
  }
}

async function log(mirror: Mirror, query: ChangesQuery, shape: readonly string[]): Promise<string> {
  const which = ["--no-merges", `--max-count=${query.limit}`];
  const range = ["--end-of-options", checkedRef(query.head), `^${checkedRef(query.base)}`];
  const result = await readMirror(
    mirror,
    ["log", ...fields, ...which, ...plainPatch, ...shape, ...range, "--", ...literalPaths(query)],
    { mostBytes, settings: ["core.quotePath=false", "diff.renameLimit=400"], timeoutMs },
  );
  return textOf(result);
}

/** A mark between NULs, which no message can hold, is what a commit begins with; what follows its message is of its files. */
function parseChanges(text: string, filesOf: (parts: readonly string[]) => ChangedFile[]): CommitChanges[] {
  const parts = text.split("\0");
  const starts = parts.flatMap((part, at) => (part === commitMark ? [at + 1] : []));
  return starts.map((at, place) => {
    const [sha = "", seconds = "", subject = "", body = ""] = parts.slice(at, at + 4);
    return {
      sha,
      subject: subject.slice(0, 500) || "(no message)",
      committedAt: new Date(Number(seconds) * 1_000).toISOString(),
      reverts: /^This reverts commit ([0-9a-f]{7,40})/m.exec(body)?.[1] ?? null,
      files: filesOf(parts.slice(at + 4, (starts[place + 1] ?? parts.length + 1) - 1)).slice(0, mostFiles),
    };
  });
}

/** `M`, path; or `R087`, old path, path. */
function parseNames(parts: readonly string[]): ChangedFile[] {
  const files: ChangedFile[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const [, kind, likeness] = /^\n*([A-Z])(\d*)$/.exec(parts[at] ?? "") ?? [];
    if (kind === undefined) continue;
    const isMoved = kind === "R" || kind === "C";
    const path = parts[at + (isMoved ? 2 : 1)] ?? "";
    const oldPath = kind === "R" ? (parts[at + 1] ?? null) : null;
    files.push({ path, oldPath, isEdited: likeness !== "100", routes: [] });
    at += isMoved ? 2 : 1;
  }
  return files;
}

/** Heads of files tell their names; only lines of hunks are what comes and goes. */
function parsePatch(parts: readonly string[]): ChangedFile[] {
  const files: ChangedFile[] = [];
  let file: ChangedFile & { isInHunk: boolean } = { ...emptyFile(), isInHunk: false };
  const routes = new Set<string>();
  const close = () => {
    const { isInHunk: _, ...told } = file;
    if (told.path !== "") files.push({ ...told, routes: [...routes].slice(0, mostRoutesOfFile) });
    routes.clear();
  };
  for (const line of parts.join("\0").split("\n")) {
    if (line.startsWith("diff --git ")) {
      close();
      file = { ...emptyFile(), path: pathOfHead(line), isInHunk: false };
    } else if (line.startsWith("@@ ")) {
      file.isInHunk = true;
      file.isEdited = true;
      collectRoutes(line, routes);
    } else if (!file.isInHunk) readHead(line, file);
    else if (line.startsWith("+") || line.startsWith("-")) collectRoutes(line, routes);
  }
  close();
  return files;
}

const emptyFile = (): ChangedFile => ({ path: "", oldPath: null, isEdited: false, routes: [] });

/** Where nothing but its mode changed the first line has it alone: twice the same name, so half of the line. */
function pathOfHead(line: string): string {
  const both = line.slice("diff --git ".length);
  return both
    .slice((both.length + 1) / 2)
    .replace(/^"?b\//, "")
    .replace(/"$/, "");
}

function readHead(line: string, file: ChangedFile): void {
  if (line.startsWith("rename from ")) file.oldPath = unquoted(line.slice(12));
  else if (line.startsWith("rename to ")) file.path = unquoted(line.slice(10));
  else if (line.startsWith("+++ b/") || line.startsWith('+++ "b/'))
    file.path = unquoted(line.slice(4)).slice(2);
  else if (line.startsWith("--- a/") && file.path === "") file.path = line.slice(6);
  else if (line.startsWith("Binary files ") || line.startsWith("new file") || line.startsWith("deleted file"))
    file.isEdited = true;
}

function unquoted(name: string): string {
  const plain = name.replace(/\t$/, "");
  return plain.startsWith('"') && plain.endsWith('"')
    ? plain.slice(1, -1).replaceAll(/\\(["\\])/g, "$1")
    : plain;
}

function collectRoutes(line: string, into: Set<string>): void {
  if (into.size >= mostRoutesOfFile) return;
  for (const [, path = ""] of line
    .slice(0, 1_000)
    .matchAll(/["'`](\/?[\w$:{}<>*()[\].-]{1,80}(?:\/[^"'`\s?#]{0,120})?)["'`?#]/g)) {
    if (path.includes("/") && into.size < mostRoutesOfFile) into.add(path);
  }
}
