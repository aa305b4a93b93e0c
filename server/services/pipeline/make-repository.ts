import { cp, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "./git.ts";

export interface RepositoryCommit {
  subject: string;
  /** Files and folders of the source folder that this commit adds; null for all that are left. */
  files: readonly string[] | null;
}

/**
 * Makes a Git repository with a working tree at `folder` out of the files of another folder, commit by commit.
 * Made beside and then renamed: it is there whole, or not at all.
 */
export async function makeRepository(input: {
  folder: string;
  sourceFolder: string;
  author: { name: string; email: string };
  commits: readonly RepositoryCommit[];
}): Promise<void> {
  const { folder, sourceFolder, author, commits } = input;
  const incoming = `${folder}.incoming`;
  const gitFolder = join(incoming, ".git");
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  await git(["init", "--quiet", "--template=", "--initial-branch=main", "--end-of-options", incoming]);
  const variables = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  };
  for (const { subject, files } of commits) {
    for (const path of files ?? ["."]) {
      await cp(join(sourceFolder, path), join(incoming, path), { recursive: true, filter: isSource });
    }
    await git(["-C", incoming, "add", "--all"], { gitFolder });
    await git(["-C", incoming, "commit", "--quiet", "-m", subject], { gitFolder, variables });
  }
  await rename(incoming, folder);
}

/** What a build or an install left in the source folder is no part of it. */
function isSource(path: string): boolean {
  return !/[/\\](?:dist|node_modules|\.git)$/.test(path);
}

async function git(parameters: string[], options: Parameters<typeof runGit>[1] = {}): Promise<void> {
  const result = await runGit(parameters, options);
  if (result.exitCode !== 0) throw new Error(`Git failed: ${result.stderr.trim().slice(0, 500)}`);
}
