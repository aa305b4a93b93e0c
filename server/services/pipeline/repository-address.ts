import { type GitUrl, parseGitUrl } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { findGitFolder } from "./find-git-folder.ts";

/**
 * Sorts an address; a local one becomes the repository's real Git folder, all of which must lie in allowed folders.
 * Throws ValidationError "repositoryUrl". Nothing is contacted.
 */
export async function checkRepositoryAddress(input: {
  url: string;
  /** Absolute paths; repositories anywhere beneath them may be used by path. */
  allowedLocalFolders: readonly string[];
}): Promise<GitUrl> {
  const parsed = parseGitUrl(input.url);
  if (!parsed.ok) throw refuse(parsed.problem);
  if (parsed.value.kind !== "local") return parsed.value;
  const path = await findGitFolder(parsed.value.path, input.allowedLocalFolders);
  if (path !== null) return { kind: "local", path };
  // The same words whether it exists or not: the answer must not tell what lies on this machine.
  throw refuse(
    "There is no repository at this path in the folders that are open to local repositories " +
      "(ANYTIME_LOCAL_REPOSITORIES). Use https or ssh, or ask the operator to open its folder.",
  );
}

function refuse(problem: string): ValidationError {
  return new ValidationError(problem, "repositoryUrl");
}
