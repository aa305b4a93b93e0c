import type { GitUrl } from "#server/domain/git-url.ts";
import { accessFields } from "#server/domain/repository-access.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { GitLimitError, type GitOptions, type GitResult, runGit } from "./git.ts";
import { repositoryProblem } from "./git-failure.ts";
import { withLogin } from "./git-login.ts";
import { type GitLogin, type RepositoryAccess, readerOf, suits } from "./repository-access.ts";
import { checkRepositoryAddress } from "./repository-address.ts";

/** One look at a repository, by one reader. */
export interface Visit {
  address: GitUrl;
  mirrorsFolder: string;
  login: GitLogin | null;
  reader: string;
}

/** Throws ValidationError "repositoryUrl", or at one of `accessFields` where a credential is missing or does not fit. */
export async function planVisit(place: {
  repositoryUrl: string;
  mirrorsFolder: string;
  allowedLocalFolders: readonly string[];
  access?: RepositoryAccess | null | undefined;
}): Promise<Visit> {
  const { repositoryUrl: url, mirrorsFolder, allowedLocalFolders, access = null } = place;
  const address = await checkRepositoryAddress({ url, allowedLocalFolders });
  return { address, mirrorsFolder, login: loginFor(access, address), reader: readerOf(access) };
}

function loginFor(access: RepositoryAccess | null, address: GitUrl): GitLogin | null {
  if (access === null) {
    if (address.kind !== "ssh") return null;
    throw new ValidationError(
      "A repository is read over ssh with a deploy key of its own: add one.",
      accessFields.credential,
    );
  }
  if (suits(access.login, address)) return access.login;
  throw new ValidationError(
    "A deploy key is for ssh addresses and a token for https ones: this credential is for another address.",
    accessFields.credential,
  );
}

export interface ContactOptions extends GitOptions {
  /** What it means that Git failed, from what it said; that the repository cannot be read, where left out. */
  explain?: (stderr: string) => ValidationError;
}

/** Runs Git against the repository, logged in where the visit has a login. Throws ValidationError. */
export async function contact(
  parameters: string[],
  visit: Visit,
  { explain, ...options }: ContactOptions,
): Promise<GitResult> {
  const { address, login, mirrorsFolder } = visit;
  const protocol = address.kind === "local" ? "file" : address.kind;
  const run = async (variables: Record<string, string>) => {
    const result = await runGit(parameters, { ...options, protocol, variables });
    if (result.exitCode === 0) return result;
    throw explain?.(result.stderr) ?? repositoryProblem(result.stderr, login);
  };
  try {
    if (login === null || address.kind === "local") return await run({});
    return await withLogin(login, address, mirrorsFolder, run);
  } catch (error) {
    if (!(error instanceof GitLimitError)) throw error;
    throw new ValidationError(`The repository did not answer in time: ${error.message}`, "repositoryUrl");
  }
}
