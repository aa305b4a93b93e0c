import { ValidationError } from "#server/kernel/errors.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { listBranches } from "./list-branches.ts";
import { readMirror, textOf } from "./read-mirror.ts";

/** The branch that the repository itself names as its own. Throws ValidationError where it has no commit yet. */
export async function defaultBranch(mirror: Mirror): Promise<string> {
  const named = textOf(await readMirror(mirror, ["symbolic-ref", "--short", "HEAD"])).trim();
  const branches = await listBranches(mirror);
  if (branches.includes(named)) return named;
  const [newest] = branches;
  if (newest !== undefined) return newest;
  throw new ValidationError("The repository is empty: push a commit first.", "repositoryUrl");
}
