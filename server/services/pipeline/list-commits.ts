import { type Commit, commitFormat, parseCommits } from "./commit.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

export interface CommitQuery {
  /** Branch, tag or SHA whose history is listed. */
  ref: string;
  /** Leaves out what is part of this commit's history. */
  notIn?: string | undefined;
  /** Only commits that touch this folder, or one of `also`. */
  path?: string | null | undefined;
  also?: readonly string[] | undefined;
  limit: number;
  /** SHA of the last commit of the page before. */
  before?: string | undefined;
}

const farthestPage = 20_000;

/** Commits, newest first. Throws ValidationError "ref" for one that does not exist. */
export async function listCommits(mirror: Mirror, query: CommitQuery): Promise<Commit[]> {
  const skip = query.before === undefined ? 0 : await positionAfter(mirror, query, query.before);
  const page = [`--max-count=${query.limit}`, `--skip=${skip}`];
  const result = await readMirror(mirror, ["log", ...commitFormat, ...page, ...range(query)]);
  return parseCommits(textOf(result));
}

function range(query: CommitQuery): string[] {
  const excluded = query.notIn === undefined ? [] : [`^${checkedRef(query.notIn)}`];
  return ["--end-of-options", checkedRef(query.ref), ...excluded, "--", ...literalPaths(query)];
}

/** Paths are taken as they are written, from the repository's root; `*` and `:` mean nothing in them. */
export function literalPaths({ path, also = [] }: Pick<CommitQuery, "path" | "also">): string[] {
  return path == null ? [] : [path, ...also].map((name) => `:(top,literal)${name}`);
}

/** History branches, so a page cannot begin at a commit: it begins after as many as came before it. */
async function positionAfter(mirror: Mirror, query: CommitQuery, before: string): Promise<number> {
  const result = await readMirror(mirror, ["rev-list", `--max-count=${farthestPage}`, ...range(query)]);
  const position = textOf(result).split("\n").indexOf(before);
  return position === -1 ? farthestPage : position + 1;
}
