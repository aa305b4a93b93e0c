import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { GitUrl } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { processWide } from "#server/kernel/process-wide.ts";
import { GitLimitError, type GitOptions, type GitResult, runGit } from "./git.ts";
import { repositoryProblem } from "./git-failure.ts";
import { withMirrorLock } from "./mirror-lock.ts";
import { checkRepositoryAddress } from "./repository-address.ts";

/** A bare clone of a repository on this machine, with its branches and tags. */
export interface Mirror {
  folder: string;
  repositoryUrl: string;
  /** When its branches and tags were last compared with the repository. */
  refreshedAt: Date;
}

export interface RepositoryPlace {
  repositoryUrl: string;
  mirrorsFolder: string;
  /** Folders whose repositories may be used by their path. */
  allowedLocalFolders: readonly string[];
}

const lookTimeoutMs = 60_000;
const fetchTimeoutMs = 15 * 60_000;
const mostPacks = 30;

/**
 * Makes or refreshes the mirror of a repository, by a fetch that begins after the call: what was pushed before is in it.
 * Callers that wait at the same time share one.
 * Throws ValidationError "repositoryUrl" where it cannot be read; a new mirror is then not left half-made.
 */
export async function ensureMirror(place: RepositoryPlace & { signal?: AbortSignal }): Promise<Mirror> {
  place.signal?.throwIfAborted();
  const address = await checkRepositoryAddress({
    url: place.repositoryUrl,
    allowedLocalFolders: place.allowedLocalFolders,
  });
  const folder = mirrorFolder(place);
  await untilAborted(
    nextFetch(folder, () => refresh(address, place.mirrorsFolder, folder)),
    place.signal,
  );
  return { folder, repositoryUrl: place.repositoryUrl, refreshedAt: await refreshTime(folder) };
}

interface Fetches {
  running: Promise<void>;
  /** Begins when the running one is over; null where nobody waits for it yet. */
  next: Promise<void> | null;
}

function nextFetch(folder: string, fetch: () => Promise<void>): Promise<void> {
  const underWay = processWide("pipeline/fetches", () => new Map<string, Fetches>());
  const current = underWay.get(folder);
  if (current === undefined) return begin(underWay, folder, fetch);
  current.next ??= current.running.catch(() => undefined).then(() => begin(underWay, folder, fetch));
  return current.next;
}

function begin(underWay: Map<string, Fetches>, folder: string, fetch: () => Promise<void>): Promise<void> {
  const fetches: Fetches = { running: fetch(), next: null };
  underWay.set(folder, fetches);
  const forget = () => {
    if (fetches.next === null) underWay.delete(folder);
  };
  fetches.running.then(forget, forget);
  return fetches.running;
}

/** The mirror as it stands, without contacting the repository; null where there is none yet. */
export async function openMirror(
  place: Omit<RepositoryPlace, "allowedLocalFolders">,
): Promise<Mirror | null> {
  const folder = mirrorFolder(place);
  try {
    return { folder, repositoryUrl: place.repositoryUrl, refreshedAt: await refreshTime(folder) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function mirrorFolder(place: { repositoryUrl: string; mirrorsFolder: string }): string {
  const key = createHash("sha256").update(place.repositoryUrl.trim()).digest("hex").slice(0, 32);
  return join(place.mirrorsFolder, `${key}.git`);
}

async function refreshTime(folder: string): Promise<Date> {
  return (await stat(join(folder, "FETCH_HEAD"))).mtime;
}

async function refresh(address: GitUrl, mirrorsFolder: string, folder: string): Promise<void> {
  await mkdir(mirrorsFolder, { recursive: true });
  await withMirrorLock(`${folder}.lock`, async () => {
    if (await exists(folder)) return await fetchInto(address, folder);
    const incoming = `${folder}.incoming-${randomUUID()}`;
    try {
      await create(address, incoming);
      await rename(incoming, folder);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
  });
}

async function create(address: GitUrl, folder: string): Promise<void> {
  const look = ["ls-remote", "--symref", ...uploadPack(address), "--end-of-options", urlOf(address), "HEAD"];
  const head = await contact(look, address, { timeoutMs: lookTimeoutMs });
  const branch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(head.stdout)?.[1] ?? "main";
  await runGit(["init", "--bare", "--quiet", "--template=", "--end-of-options", folder]);
  await runGit(["symbolic-ref", "HEAD", `refs/heads/${branch}`], { gitFolder: folder });
  await fetchInto(address, folder);
}

async function fetchInto(address: GitUrl, folder: string): Promise<void> {
  const options = ["--quiet", "--prune", "--no-tags", "--force", "--no-recurse-submodules"];
  const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  await contact(
    ["fetch", ...options, ...uploadPack(address), "--end-of-options", urlOf(address), ...refs],
    address,
    { gitFolder: folder, timeoutMs: fetchTimeoutMs },
  );
  await joinPacks(folder);
}

/** Each fetch leaves a pack, and each pack is one more place to look: many small ones are joined, and nothing is lost. */
async function joinPacks(folder: string): Promise<void> {
  const names = await readdir(join(folder, "objects/pack"));
  if (names.filter((name) => name.endsWith(".pack")).length <= mostPacks) return;
  await runGit(["repack", "--geometric=2", "-d", "--quiet"], {
    gitFolder: folder,
    timeoutMs: fetchTimeoutMs,
  });
}

async function contact(parameters: string[], address: GitUrl, options: GitOptions): Promise<GitResult> {
  try {
    const protocol = address.kind === "local" ? "file" : address.kind;
    const result = await runGit(parameters, { ...options, protocol });
    if (result.exitCode !== 0) throw repositoryProblem(result.stderr);
    return result;
  } catch (error) {
    if (!(error instanceof GitLimitError)) throw error;
    throw new ValidationError(`The repository did not answer in time: ${error.message}`, "repositoryUrl");
  }
}

function urlOf(address: GitUrl): string {
  return address.kind === "local" ? address.path : address.url;
}

/**
 * Settings given to `git` itself do not reach the process that reads a local repository of another owner. Strict: that
 * folder and no other, where Git would look for a `.git` in it first.
 */
function uploadPack(address: GitUrl): string[] {
  return address.kind === "local" ? ["--upload-pack=git -c safe.directory=* upload-pack --strict"] : [];
}

async function exists(folder: string): Promise<boolean> {
  return await stat(folder).then(
    () => true,
    () => false,
  );
}

/** Stops waiting on abort; the fetch itself is shared and goes on. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
