import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { unpackArtifact } from "#server/services/pipeline/unpack-artifact.ts";

export interface UnpackableRelease {
  number: number;
  artifactDigest: string;
}

const unpacking = new Map<string, Promise<string>>();

/**
 * The folder that instances of the release run in on this machine: unpacked once, complete or not there. It bears the
 * digest, since a service that takes the slug of a removed one counts from #1 again.
 */
export function releaseFolder(
  dataFolder: DataFolder,
  serviceSlug: string,
  release: UnpackableRelease,
): Promise<string> {
  const name = `${release.number}-${release.artifactDigest.slice(0, 12)}`;
  const folder = join(dataFolder.releasesFolder, serviceSlug, name);
  const known = unpacking.get(folder);
  if (known !== undefined) return known;
  const unpacked = unpack(dataFolder, folder, release.artifactDigest).finally(() => unpacking.delete(folder));
  unpacking.set(folder, unpacked);
  return unpacked;
}

async function unpack(dataFolder: DataFolder, folder: string, digest: string): Promise<string> {
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await unpackArtifact({ digest, artifactsFolder: dataFolder.artifactsFolder, folder: unfinished });
  await rename(unfinished, folder).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}
