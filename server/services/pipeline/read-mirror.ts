import { isRefName } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { type GitOptions, type GitResult, runGit } from "./git.ts";

/** Reads from a mirror: nothing is contacted. Throws ValidationError "ref" where Git knows no such commit. */
export async function readMirror(
  mirror: Pick<Mirror, "folder">,
  parameters: readonly string[],
  options: Pick<GitOptions, "mostBytes" | "timeoutMs" | "signal" | "variables" | "settings"> = {},
): Promise<GitResult> {
  const result = await runGit(parameters, { ...options, gitFolder: mirror.folder });
  if (result.exitCode !== 0 && unknownRevision.test(result.stderr)) throw await unknownRef(mirror);
  return result;
}

const unknownRevision =
  /unknown revision|bad revision|bad object|[Ii]nvalid object name|not a tree object|failed to unpack tree object/;

/** A branch, tag or commit that may be handed to Git. Throws ValidationError "ref". */
export function checkedRef(ref: string): string {
  if (isRefName(ref)) return ref;
  throw new ValidationError("This is not the name of a branch, tag or commit.", "ref");
}

async function unknownRef(mirror: Pick<Mirror, "folder">): Promise<ValidationError> {
  const refs = await runGit(["for-each-ref", "--count=1"], { gitFolder: mirror.folder });
  return new ValidationError(
    refs.stdout === ""
      ? "The repository is empty: push a commit first."
      : "The repository has no such branch, tag or commit. Was it pushed?",
    "ref",
  );
}

/** The result's text, where Git succeeded; what it said, else. */
export function textOf(result: GitResult): string {
  if (result.exitCode === 0) return result.stdout;
  throw new Error(`Git failed: ${result.stderr.trim().slice(0, 500)}`);
}
