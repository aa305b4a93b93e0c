import { isSha } from "#server/domain/git-url.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { checkedRef, readMirror } from "./read-mirror.ts";

/**
 * Whether a commit is the head of a branch or part of its history; null where the mirror has no such branch. A tag of
 * the branch's name is not meant.
 */
export async function isOnBranch(mirror: Mirror, sha: string, branch: string): Promise<boolean | null> {
  if (!isSha(sha)) return false;
  const head = `refs/heads/${checkedRef(branch)}`;
  const known = await readMirror(mirror, ["show-ref", "--verify", "--quiet", head]);
  if (known.exitCode !== 0) return null;
  // A commit that the mirror does not have at all ends with neither 0 nor 1.
  const { exitCode } = await readMirror(mirror, ["merge-base", "--is-ancestor", sha, head]);
  return exitCode === 0;
}
