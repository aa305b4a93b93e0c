import { isSha } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { GitLimitError } from "./git.ts";
import { readMirror, textOf } from "./read-mirror.ts";

const mostBytes = 1024 * 1024;

/** A file's text at a commit; null where the commit has no such file. Throws ValidationError `path` beyond 1 MiB. */
export async function readFileAt(mirror: Mirror, sha: string, path: string): Promise<string | null> {
  if (!isSha(sha)) throw new ValidationError("A whole SHA is needed.", "ref");
  try {
    const result = await readMirror(mirror, ["cat-file", "blob", `${sha}:${path}`], { mostBytes });
    return result.exitCode !== 0 && noSuchFile.test(result.stderr) ? null : textOf(result);
  } catch (error) {
    if (!(error instanceof GitLimitError)) throw error;
    throw new ValidationError(`${path} is larger than 1 MiB.`, path);
  }
}

const noSuchFile = /does not exist in|exists on disk, but not in|bad file/;
