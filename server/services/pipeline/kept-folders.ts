import { lstat, mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatBytes } from "#server/domain/bytes.ts";
import { StepError } from "#server/kernel/errors.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import { RefusedArtifactError } from "./artifact-work.ts";
import { LocalStore } from "./local-store.ts";
import type { Output } from "./output.ts";
import { packArtifact } from "./pack-artifact.ts";
import { unpackFile } from "./unpack-artifact.ts";

/**
 * What builds of one service keep: packed, in a folder where only the worker can write and by the service's number, so
 * that nothing of it ever gets into another service's build, nor is changed but by a build that succeeded.
 */
export interface KeptPlace {
  /** The service's own. */
  folder: string;
  serviceId: number;
  /** Of the lockfiles: see lockfileKey. */
  key: string;
}

const mostKept = 3;

interface Kept {
  file: string;
  key: string;
  digest: string;
  bytes: number;
  usedAt: Date;
}

/**
 * Puts the folders of an earlier build into a checkout that nobody but the worker can write to yet: those of the same
 * lockfiles, else of the latest build. What the repository has itself stays as it is.
 */
export async function restoreFolders(input: {
  place: KeptPlace;
  checkout: string;
  cache: readonly string[];
  /** Made and removed again. */
  temporaryFolder: string;
  output: Output;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { place, checkout, cache, temporaryFolder, output, signal } = input;
  const kept = await listKept(place);
  const found = kept.find(({ key }) => key === place.key) ?? kept[0];
  if (found === undefined) return output.note("No build of this service has kept anything yet.");
  try {
    await unpackFile({ file: found.file, digest: found.digest, folder: temporaryFolder, signal });
    const restored: string[] = [];
    for (const path of cache) if (await moveInto(checkout, temporaryFolder, path)) restored.push(path);
    await utimes(found.file, new Date(), new Date());
    const whose =
      found.key === place.key ? "a build with the same lockfiles" : "the latest build; the lockfiles differ";
    output.note(`Restored ${restored.join(", ") || "nothing"} of ${whose} (${formatBytes(found.bytes)}).`);
  } catch (error) {
    if (!(error instanceof RefusedArtifactError || error instanceof StepError || isGone(error))) throw error;
    await rm(found.file, { force: true });
    output.note(`What an earlier build kept cannot be used and is removed: ${error.message}`);
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

/** Keeps the folders of a build that succeeded. What cannot be kept is said, and fails nothing. */
export async function keepFolders(input: {
  place: KeptPlace;
  folder: string;
  cache: readonly string[];
  account: Account;
  output: Output;
  signal?: AbortSignal | undefined;
  /** Whether what was kept before goes, whatever its lockfiles. */
  replacesAll: boolean;
}): Promise<void> {
  const { place, folder, account, output, signal, replacesAll } = input;
  const include: string[] = [];
  for (const path of input.cache) if (await isFolder(join(folder, path))) include.push(path);
  if (include.length === 0)
    return output.note(`There is none of ${input.cache.join(", ")} to keep after the build.`);
  try {
    const store = new LocalStore(place.folder);
    const packed = await packArtifact({ folder, include, store, account, keepTimes: true, signal });
    await rename(packed.file, join(place.folder, `${place.serviceId}-${place.key}-${packed.digest}.tar.zst`));
    await dropOthers(place, packed.digest, replacesAll);
    output.note(`Kept ${include.join(", ")} for the next build (${formatBytes(packed.bytes)}).`);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    output.note(`${include.join(", ")} cannot be kept for the next build: ${error.message}`);
  }
}

/** The ones used last come first. */
async function listKept({ folder, serviceId }: Pick<KeptPlace, "folder" | "serviceId">): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const name of await readdir(folder)) {
    const [, id, key = "", digest = ""] = /^(\d+)-([0-9a-f]{16})-([0-9a-f]{64})\.tar\.zst$/.exec(name) ?? [];
    if (id !== String(serviceId)) continue;
    const file = join(folder, name);
    const found = await stat(file).catch(() => null);
    if (found !== null) kept.push({ file, key, digest, bytes: found.size, usedAt: found.mtime });
  }
  return kept.sort((one, other) => other.usedAt.getTime() - one.usedAt.getTime());
}

async function dropOthers(place: KeptPlace, digest: string, replacesAll: boolean): Promise<void> {
  const kept = await listKept(place);
  const others = kept.filter((one) => one.key !== place.key || one.digest !== digest);
  const stay = replacesAll ? [] : others.filter(({ key }) => key !== place.key).slice(0, mostKept - 1);
  for (const one of others) if (!stay.includes(one)) await rm(one.file, { force: true });
}

/** Not through a link that the repository has in its way, nor over what is there. */
async function moveInto(checkout: string, unpacked: string, path: string): Promise<boolean> {
  const source = join(unpacked, path);
  if ((await lstat(source).catch(() => null)) === null) return false;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const found = await lstat(join(checkout, ...parts.slice(0, depth))).catch(() => null);
    if (found !== null && (depth === parts.length || !found.isDirectory())) return false;
  }
  const target = join(checkout, ...parts);
  await mkdir(dirname(target), { recursive: true });
  await rename(source, target);
  return true;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() === true;
}

/** Made room for meanwhile. */
function isGone(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
