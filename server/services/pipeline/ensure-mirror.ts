import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitUrl } from "#server/domain/git-url.ts";
import { processWide } from "#server/kernel/process-wide.ts";
import { contact, planVisit, type Visit } from "./contact.ts";
import { runGit } from "./git.ts";
import { RepositoryRefusedError } from "./git-failure.ts";
import { withMirrorLock } from "./mirror-lock.ts";
import type { RepositoryAccess } from "./repository-access.ts";

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
  /** Null for one that everybody may read. */
  access?: RepositoryAccess | null | undefined;
}

/** Which mirror is meant, and who wants to look into it. */
export interface MirrorPlace {
  repositoryUrl: string;
  mirrorsFolder: string;
  /** See RepositoryAccess. */
  reader: string;
}

const lookTimeoutMs = 60_000;
const fetchTimeoutMs = 15 * 60_000;
const mostPacks = 30;

/**
 * Makes or refreshes the mirror of a repository, by a fetch that begins after the call: what was pushed before is in it.
 * Callers that wait at the same time with the same access share one. Throws ValidationError "repositoryUrl" where it
 * cannot be read, or one of `accessFields` where a credential would help; a new mirror is then not left half-made.
 */
export async function ensureMirror(
  place: RepositoryPlace & { signal?: AbortSignal; onProgress?: ((line: string) => void) | undefined },
): Promise<Mirror> {
  place.signal?.throwIfAborted();
  const visit = await planVisit(place);
  const folder = mirrorFolder(place);
  await untilAborted(
    followed(folder, place.onProgress, () =>
      nextFetch(`${folder} ${visit.reader}`, () => refresh(visit, folder)),
    ),
    place.signal,
  );
  return { folder, repositoryUrl: place.repositoryUrl, refreshedAt: await refreshTime(folder) };
}

type Listener = (line: string) => void;

function listenersOf(folder: string): Set<Listener> {
  const all = processWide("pipeline/fetch-listeners", () => new Map<string, Set<Listener>>());
  const known = all.get(folder) ?? new Set();
  all.set(folder, known);
  return known;
}

/** Whoever waits for a fetch hears how far it is, whoever began it. */
async function followed<T>(
  folder: string,
  listener: Listener | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const listeners = listenersOf(folder);
  if (listener !== undefined) listeners.add(listener);
  try {
    return await work();
  } finally {
    if (listener !== undefined) listeners.delete(listener);
  }
}

interface Fetches {
  running: Promise<void>;
  /** Begins when the running one is over; null where nobody waits for it yet. */
  next: Promise<void> | null;
}

function nextFetch(key: string, fetch: () => Promise<void>): Promise<void> {
  const underWay = processWide("pipeline/fetches", () => new Map<string, Fetches>());
  const current = underWay.get(key);
  if (current === undefined) return begin(underWay, key, fetch);
  current.next ??= current.running.catch(() => undefined).then(() => begin(underWay, key, fetch));
  return current.next;
}

function begin(underWay: Map<string, Fetches>, key: string, fetch: () => Promise<void>): Promise<void> {
  const fetches: Fetches = { running: fetch(), next: null };
  underWay.set(key, fetches);
  const forget = () => {
    if (fetches.next === null) underWay.delete(key);
  };
  fetches.running.then(forget, forget);
  return fetches.running;
}

/** The mirror as it stands, without contacting the repository; null where this reader has read none yet. */
export async function openMirror(place: MirrorPlace): Promise<Mirror | null> {
  const folder = mirrorFolder(place);
  try {
    await stat(readerMark(folder, place.reader));
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

/** Stands while the last fetch by this reader was not refused. */
function readerMark(folder: string, reader: string): string {
  return join(folder, "readers", reader);
}

async function refresh(visit: Visit, folder: string): Promise<void> {
  await mkdir(visit.mirrorsFolder, { recursive: true });
  await withMirrorLock(`${folder}.lock`, async () => {
    if (await exists(folder)) return await fetchInto(visit, folder, folder);
    const incoming = `${folder}.incoming-${randomUUID()}`;
    try {
      await create(visit, incoming, folder);
      await rename(incoming, folder);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
  });
}

async function create(visit: Visit, incoming: string, folder: string): Promise<void> {
  const { address } = visit;
  const look = ["ls-remote", "--symref", ...uploadPack(address), "--end-of-options", urlOf(address), "HEAD"];
  const head = await contact(look, visit, { timeoutMs: lookTimeoutMs });
  const branch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(head.stdout)?.[1] ?? "main";
  await runGit(["init", "--bare", "--quiet", "--template=", "--end-of-options", incoming]);
  await runGit(["symbolic-ref", "HEAD", `refs/heads/${branch}`], { gitFolder: incoming });
  await fetchInto(visit, incoming, folder);
}

async function fetchInto(visit: Visit, gitFolder: string, folder: string): Promise<void> {
  const { address, reader } = visit;
  const options = ["--progress", "--prune", "--no-tags", "--force", "--no-recurse-submodules"];
  const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  const mark = readerMark(gitFolder, reader);
  try {
    await contact(
      ["fetch", ...options, ...uploadPack(address), "--end-of-options", urlOf(address), ...refs],
      visit,
      {
        gitFolder,
        timeoutMs: fetchTimeoutMs,
        onProgress: (line) => {
          for (const listener of listenersOf(folder)) listener(line);
        },
      },
    );
  } catch (error) {
    if (error instanceof RepositoryRefusedError) await rm(mark, { force: true });
    throw error;
  }
  await mkdir(join(gitFolder, "readers"), { recursive: true });
  await writeFile(mark, "");
  await joinPacks(gitFolder);
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
