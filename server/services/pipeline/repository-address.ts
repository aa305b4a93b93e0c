import { realpath, stat } from "node:fs/promises";
import { sep } from "node:path";
import { type GitUrl, parseGitUrl } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";

/**
 * Sorts an address and, of a local one, follows every symbolic link: it must end inside an allowed folder.
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
  const path = await realFolder(parsed.value.path);
  for (const allowed of input.allowedLocalFolders) {
    const parent = await realFolder(allowed);
    if (parent !== null && path !== null && isInside(path, parent)) return { kind: "local", path };
  }
  // The same words whether it exists or not: the answer must not tell what lies on this machine.
  throw refuse(
    "There is no repository at this path in the folders that are open to local repositories " +
      "(ANYTIME_LOCAL_REPOSITORIES). Use https or ssh, or ask the operator to open its folder.",
  );
}

function isInside(path: string, parent: string): boolean {
  return path === parent || path.startsWith(parent.endsWith(sep) ? parent : parent + sep);
}

async function realFolder(path: string): Promise<string | null> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isDirectory() ? real : null;
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

function refuse(problem: string): ValidationError {
  return new ValidationError(problem, "repositoryUrl");
}
