import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactDepot } from "./artifact-depot.ts";
import { shortDigest, UnusableArtifactError } from "./artifact-store.ts";
import { RefusedArtifactError } from "./artifact-work.ts";
import { runArtifactWork } from "./run-artifact-work.ts";

/**
 * Unpacks an artifact into `folder`, which is made or must be empty. It is verified while it is written: one that is
 * not what its digest says, or that would write out of the folder, leaves nothing there. Throws StepError;
 * UnusableArtifactError where the store has none or a damaged one, which is taken out of it.
 */
export async function unpackArtifact(input: {
  digest: string;
  depot: ArtifactDepot;
  folder: string;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { digest, depot, folder, signal } = input;
  try {
    await unpackFile({ file: await depot.fetch(digest, { signal }), digest, folder, signal });
  } catch (error) {
    if (!(error instanceof RefusedArtifactError)) throw error;
    if (depot.shared === null) throw await discarded(depot, digest, error);
    await unpackAfresh(input);
  }
}

/** The copy of this machine was damaged; what all machines share may not be. */
async function unpackAfresh({
  digest,
  depot,
  folder,
  signal,
}: Parameters<typeof unpackArtifact>[0]): Promise<void> {
  try {
    await unpackFile({ file: await depot.fetch(digest, { signal, afresh: true }), digest, folder, signal });
  } catch (error) {
    throw error instanceof RefusedArtifactError ? await discarded(depot, digest, error) : error;
  }
}

async function discarded(depot: ArtifactDepot, digest: string, why: Error): Promise<UnusableArtifactError> {
  await depot.discard(digest);
  return new UnusableArtifactError(
    digest,
    `The artifact ${shortDigest(digest)} in ${depot.name} is damaged: ${why.message}. Nothing of it was run, and it ` +
      "is taken out of the store. Ask for the deployment again: it builds the commit anew.",
  );
}

/** Unpacks a file of whatever store. Throws RefusedArtifactError where it is not what the digest says. */
export async function unpackFile(input: {
  file: string;
  digest: string;
  folder: string;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { file, digest, folder, signal } = input;
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new Error("The folder to unpack into is not empty.");
  try {
    await runArtifactWork({ kind: "unpack", file, digest, folder }, signal);
  } catch (error) {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    throw error;
  }
}
