import { ValidationError } from "#server/kernel/errors.ts";
import { checkout, hasCommit } from "./checkout.ts";
import { ensureMirror, type Mirror, openMirror, type RepositoryPlace } from "./ensure-mirror.ts";

type Wanted = RepositoryPlace & { sha: string; signal?: AbortSignal };

/** A mirror that has the commit; the repository is contacted only where it does not have it yet. */
export async function ensureCommit(wanted: Wanted): Promise<Mirror> {
  const known = await openMirror(wanted);
  if (known !== null && (await hasCommit(known, wanted.sha))) return known;
  // A fetch that was under way already may have begun before the commit was pushed: so a second one.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const mirror = await ensureMirror(wanted);
    if (await hasCommit(mirror, wanted.sha)) return mirror;
  }
  throw notThere(wanted.sha);
}

/** Writes the files of a commit into `folder`: without a fetch, and in one call of Git, where it is known. */
export async function checkoutCommit(wanted: Wanted & { folder: string }): Promise<Mirror> {
  const known = await openMirror(wanted);
  if (known !== null && (await isCheckedOut(known, wanted))) return known;
  const mirror = await ensureCommit(wanted);
  await checkout(mirror, wanted.sha, wanted.folder, wanted.signal);
  return mirror;
}

async function isCheckedOut(mirror: Mirror, wanted: Wanted & { folder: string }): Promise<boolean> {
  try {
    await checkout(mirror, wanted.sha, wanted.folder, wanted.signal);
    return true;
  } catch (error) {
    if (error instanceof ValidationError) return false;
    throw error;
  }
}

function notThere(sha: string): ValidationError {
  return new ValidationError(
    `The repository no longer has commit ${sha.slice(0, 7)} on any branch or tag. Push it, or choose another.`,
    "ref",
  );
}
