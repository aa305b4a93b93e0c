import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { isSha } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { lfsFilter } from "./fetch-lfs.ts";
import { runGit } from "./git.ts";
import { readMirror, textOf } from "./read-mirror.ts";

/**
 * Writes the files of a commit into `folder`, which must not exist or be empty; no `.git` comes with them.
 * Throws ValidationError "ref" where the mirror does not have the commit: see checkoutCommit.
 */
export async function checkout(
  mirror: Pick<Mirror, "folder">,
  sha: string,
  folder: string,
  { signal, lfs = false }: { signal?: AbortSignal | undefined; lfs?: boolean } = {},
): Promise<void> {
  if (!isSha(sha)) throw new ValidationError("A whole SHA is needed.", "ref");
  const id = randomUUID();
  const incoming = `${folder}.incoming-${id}`;
  const index = `${folder}.index-${id}`;
  await mkdir(incoming, { recursive: true });
  try {
    const parameters = [`--work-tree=${incoming}`, "read-tree", "--reset", "-u", sha];
    const variables = { GIT_INDEX_FILE: index, GIT_LFS_SKIP_SMUDGE: lfs ? "0" : "1" };
    textOf(await readMirror(mirror, parameters, { variables, settings: lfs ? lfsFilter : [], signal }));
    await rename(incoming, folder);
  } finally {
    await rm(incoming, { recursive: true, force: true });
    await rm(index, { force: true });
  }
}

/** Whether the mirror has this commit already. */
export async function hasCommit(mirror: Pick<Mirror, "folder">, sha: string): Promise<boolean> {
  if (!isSha(sha)) return false;
  const found = await runGit(["cat-file", "-e", `${sha}^{commit}`], { gitFolder: mirror.folder });
  return found.exitCode === 0;
}
