import { isSha } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import type { Mirror } from "./ensure-mirror.ts";
import { readMirror, textOf } from "./read-mirror.ts";
import { settingsFileName } from "./settings-file-error.ts";

const mostListed = 100;

/** Where settings files lie at a commit, the one at the root first: a monorepo has one for each service. */
export async function listSettingsFiles(mirror: Mirror, sha: string): Promise<string[]> {
  if (!isSha(sha)) throw new ValidationError("A whole SHA is needed.", "ref");
  const text = textOf(await readMirror(mirror, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", sha]));
  const found = text.split("\0").filter((path) => isSettingsFile(path));
  return found.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1)).slice(0, mostListed);
}

function isSettingsFile(path: string): boolean {
  return path === settingsFileName || (path.endsWith(`/${settingsFileName}`) && !/\p{Cc}/u.test(path));
}

function depth(path: string): number {
  return path.split("/").length;
}
