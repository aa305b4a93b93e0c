import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeReadableFolder } from "#server/kernel/owned-folder.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import type { ArtifactDepot } from "#server/services/pipeline/artifact-depot.ts";
import { unpackArtifact } from "#server/services/pipeline/unpack-artifact.ts";
import type { Machine } from "./machine.ts";

export interface UnpackableRelease {
  number: number;
  artifactDigest: string;
}

type Place = Pick<Machine, "dataFolder" | "depot" | "accountOf">;

const unpacking = new Map<string, Promise<string>>();

/**
 * The folder that instances of the release run in on this machine: unpacked once, complete or not there. It bears the
 * digest, since a service that takes the slug of a removed one counts from #1 again. Where services have accounts of
 * their own, this one may read it and not change it.
 */
export async function releaseFolder(
  place: Place,
  service: { id: number; slug: string },
  release: UnpackableRelease,
): Promise<string> {
  const account = place.accountOf(service.id);
  const name = releaseFolderName(release);
  const folder = join(place.dataFolder.releasesFolder, service.slug, name);
  const known = unpacking.get(folder);
  if (known !== undefined) return known;
  const unpacked = unpack({ depot: place.depot, digest: release.artifactDigest, folder, account });
  const forget = () => unpacking.delete(folder);
  unpacked.then(forget, forget);
  unpacking.set(folder, unpacked);
  return unpacked;
}

export function releaseFolderName({ number, artifactDigest }: UnpackableRelease): string {
  return `${number}-${artifactDigest.slice(0, 12)}`;
}

async function unpack(wanted: {
  depot: ArtifactDepot;
  digest: string;
  folder: string;
  account: Account;
}): Promise<string> {
  const { account, folder, ...artifact } = wanted;
  await makeReadableFolder(dirname(folder), account);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  try {
    await unpackArtifact({ ...artifact, folder: unfinished });
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  await rename(unfinished, folder).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}
