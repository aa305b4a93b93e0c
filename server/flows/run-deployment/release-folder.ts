import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeReadableFolder } from "#server/kernel/owned-folder.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import { unpackArtifact } from "#server/services/pipeline/unpack-artifact.ts";
import type { Machine } from "./machine.ts";

export interface UnpackableRelease {
  number: number;
  artifactDigest: string;
}

type Place = Pick<Machine, "dataFolder" | "accountOf">;

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
  const name = `${release.number}-${release.artifactDigest.slice(0, 12)}`;
  const folder = join(place.dataFolder.releasesFolder, service.slug, name);
  const known = unpacking.get(folder);
  if (known !== undefined) return known;
  const { artifactsFolder } = place.dataFolder;
  const unpacked = unpack({ artifactsFolder, digest: release.artifactDigest, folder, account });
  const forget = () => unpacking.delete(folder);
  unpacked.then(forget, forget);
  unpacking.set(folder, unpacked);
  return unpacked;
}

async function unpack(wanted: {
  artifactsFolder: string;
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
  await unpackArtifact({ ...artifact, folder: unfinished });
  await rename(unfinished, folder).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}
