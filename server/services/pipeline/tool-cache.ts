import { mkdir, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { makeOwnFolder } from "#server/kernel/owned-folder.ts";
import type { Account } from "#server/kernel/service-accounts.ts";

/**
 * The folder in which the tools of a service's builds keep what they fetched: the newest of the service's, or a new
 * one. It belongs to the service alone.
 */
export async function openToolCache(
  place: string,
  account: Account,
  { anew }: { anew: boolean },
): Promise<string> {
  const newest = (await listToolCaches(place)).at(-1);
  const folder = anew || newest === undefined ? newToolCache(place) : newest;
  await makeOwnFolder(folder, account);
  // So that what is used is not cleared away.
  await utimes(folder, new Date(), new Date());
  return folder;
}

/** From here on builds begin with an empty one. */
export async function renewToolCache(place: string): Promise<void> {
  await mkdir(newToolCache(place), { mode: 0o700 });
}

/** The oldest first. */
export async function listToolCaches(place: string): Promise<string[]> {
  const numbers = (await readdir(place)).flatMap((name) => {
    const found = /^tools-(\d{1,15})$/.exec(name);
    return found === null ? [] : Number(found[1]);
  });
  return numbers.sort((one, other) => one - other).map((number) => join(place, `tools-${number}`));
}

function newToolCache(place: string): string {
  return join(place, `tools-${Date.now()}`);
}

/** Where the usual tools keep what they fetch, if they are told. */
export function toolCacheVariables(folder: string): Record<string, string> {
  return {
    ANYTIME_CACHE: folder,
    // pip, uv, poetry, Yarn, Go's builds and more look below it.
    XDG_CACHE_HOME: folder,
    npm_config_cache: join(folder, "npm"),
    pnpm_config_store_dir: join(folder, "pnpm"),
    PIP_CACHE_DIR: join(folder, "pip"),
    YARN_CACHE_FOLDER: join(folder, "yarn"),
    GOMODCACHE: join(folder, "go-modules"),
  };
}
