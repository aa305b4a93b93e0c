import { ValidationError } from "#server/kernel/errors.ts";
import { type Commit, commitFormat, parseCommits } from "./commit.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { checkedRef, readMirror, textOf } from "./read-mirror.ts";

/** The commit that a branch, tag or (short) SHA means now. Throws ValidationError "ref". */
export async function resolveRef(mirror: Mirror, ref: string): Promise<Commit> {
  const result = await readMirror(mirror, [
    "log",
    "-1",
    ...commitFormat,
    "--end-of-options",
    checkedRef(ref),
    "--",
  ]);
  const [commit] = parseCommits(textOf(result));
  if (commit === undefined) throw new ValidationError(`${ref} is not a commit.`, "ref");
  return commit;
}
