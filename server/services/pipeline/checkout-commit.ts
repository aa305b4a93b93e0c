import { join } from "node:path";
import { ValidationError } from "#server/kernel/errors.ts";
import { checkout, hasCommit } from "./checkout.ts";
import { planVisit } from "./contact.ts";
import { ensureMirror, type Mirror, openMirror, type RepositoryPlace } from "./ensure-mirror.ts";
import { fetchLfs } from "./fetch-lfs.ts";
import { readerOf } from "./repository-access.ts";
import { listSubmodules } from "./submodules.ts";

type Wanted = RepositoryPlace & {
  sha: string;
  signal?: AbortSignal;
  onProgress?: ((line: string) => void) | undefined;
};

/** A mirror that has the commit; the repository is contacted only where it does not have it yet. */
export async function ensureCommit(wanted: Wanted): Promise<Mirror> {
  const known = await openMirror({ ...wanted, reader: readerOf(wanted.access) });
  if (known !== null && (await hasCommit(known, wanted.sha))) return known;
  // A fetch that was under way already may have begun before the commit was pushed: so a second one.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const mirror = await ensureMirror(wanted);
    if (await hasCommit(mirror, wanted.sha)) return mirror;
  }
  throw notThere(wanted.sha);
}

interface Tree extends Wanted {
  folder: string;
  /** Whether to write the files of submodules, and theirs. */
  submodules?: boolean;
  /** Whether to write what files keep in Git LFS, rather than the pointers to it. */
  lfs?: boolean;
  /** One that has the commit, where that is known already. */
  mirror?: Mirror;
}

const deepest = 10;

/**
 * Writes the files of a commit into `folder`, which must not exist or be empty. The commit says all of it, submodules
 * and files in Git LFS included: a second checkout is the same.
 */
export async function checkoutCommit(wanted: Tree, depth = 0): Promise<Mirror> {
  const { mirror: known, ...tree } = wanted;
  const mirror = known ?? (await ensureCommit(wanted));
  const { sha, folder, signal, lfs = false, submodules = false } = tree;
  if (lfs) await fetchLfs(await planVisit(wanted), mirror, sha);
  await checkout(mirror, sha, folder, { signal, lfs });
  if (!submodules) return mirror;
  for (const { path, ...submodule } of await listSubmodules(mirror, sha, wanted.access ?? null)) {
    if (depth === deepest) throw new ValidationError("The submodules nest too deep.", "checkout.submodules");
    await checkoutCommit({ ...tree, ...submodule, folder: join(folder, path) }, depth + 1).catch(
      (error: unknown) => {
        throw error instanceof ValidationError ? inSubmodule(path, error) : error;
      },
    );
  }
  return mirror;
}

function inSubmodule(path: string, { message }: ValidationError): ValidationError {
  return new ValidationError(`In the submodule ${path}: ${message}`, "checkout.submodules");
}

function notThere(sha: string): ValidationError {
  return new ValidationError(
    `The repository no longer has commit ${sha.slice(0, 7)} on any branch or tag. Push it, or choose another.`,
    "ref",
  );
}
