import type { Commit, Commits } from "#server/domain/read-models.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import type { Commit as GitCommit } from "#server/services/pipeline/commit.ts";
import { countBetween } from "#server/services/pipeline/count-between.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { listCommits } from "#server/services/pipeline/list-commits.ts";

const listed = 50;

/** Folders of a monorepo that count for a service; all of the repository where `path` is null. */
export interface Scope {
  path: string | null;
  also: readonly string[];
}

export const none: Commits = { commits: [], total: 0 };

/** Commits in `head` that are not in `base`; without a base, the history of `head`. */
export async function commitsBetween(
  mirror: Mirror,
  range: { base: string | null; head: string },
  scope: Scope,
  limit: number = listed,
): Promise<Commits> {
  const base = range.base !== null && (await hasCommit(mirror, range.base)) ? range.base : null;
  const commits = await listCommits(mirror, {
    ref: range.head,
    notIn: base ?? undefined,
    path: scope.path,
    also: scope.also,
    limit,
  });
  const isAll = commits.length < limit;
  const total =
    isAll || base === null ? commits.length : (await countBetween(mirror, base, range.head, scope)).ahead;
  return { commits: commits.map(toCommit), total: Math.max(total, commits.length) };
}

export function toCommit({ sha, subject, authorName, committedAt }: GitCommit): Commit {
  return { sha, subject, authorName, committedAt: committedAt.toISOString() };
}
