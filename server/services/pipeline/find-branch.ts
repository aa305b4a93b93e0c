import { isRefName } from "#server/domain/git-url.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { readMirror } from "./read-mirror.ts";

/** The SHA of a branch's head; null where the mirror has no such branch. A tag of its name is not meant. */
export async function findBranch(mirror: Mirror, branch: string): Promise<string | null> {
  if (!isRefName(branch)) return null;
  const known = await readMirror(mirror, ["show-ref", "--verify", "--hash", `refs/heads/${branch}`]);
  return known.exitCode === 0 ? known.stdout.trim() : null;
}
