import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "#server/kernel/context.ts";
import { asidePrefix, setAside } from "#server/kernel/owned-folder.ts";
import { listSwitchBackTargets } from "#server/services/deployments/list-switch-back-targets.ts";
import type { ArtifactStore } from "#server/services/pipeline/artifact-store.ts";
import { clearStore } from "#server/services/pipeline/clear-store.ts";
import { findKeptReleases } from "#server/services/pipeline/find-kept-releases.ts";
import { markUnneeded } from "#server/services/pipeline/mark-unneeded.ts";
import type { Machine } from "./run-deployment/machine.ts";

const dayMs = 24 * 3_600_000;

/** Says which artifacts nothing needs any more, and takes them out of the store that all machines share. */
export async function clearArtifacts(
  ctx: Context,
  { keepReleases, shared }: { keepReleases: number; shared: ArtifactStore | null },
): Promise<{ marked: number; removed: number }> {
  let marked = 0;
  for (;;) {
    const releaseIds = await listSwitchBackTargets(ctx);
    const found = await markUnneeded(ctx, { newestReleases: keepReleases, releaseIds });
    marked += found.length;
    if (found.length === 0) break;
  }
  return { marked, removed: shared === null ? 0 : await clearStore(ctx, shared) };
}

/** Takes the same from a worker's machine: packed in its folder, and unpacked to run from. */
export async function clearMachineArtifacts(
  ctx: Context,
  { depot, dataFolder }: Pick<Machine, "depot" | "dataFolder">,
): Promise<void> {
  await clearStore(ctx, depot.local);
  const { releasesFolder } = dataFolder;
  for (const slug of await namesIn(releasesFolder))
    await clearReleases(ctx, join(releasesFolder, slug), slug);
}

/** Between the look and the move there are milliseconds: building one of them again takes longer. */
async function clearReleases(ctx: Context, folder: string, slug: string): Promise<void> {
  const names = await namesIn(folder);
  const kept = await findKeptReleases(
    ctx,
    slug,
    names.flatMap((name) => numberIn(name) ?? []),
  );
  for (const name of names) {
    const number = numberIn(name);
    const digest = number === null ? undefined : kept.get(number);
    if (number === null ? await isOld(join(folder, name)) : !isOf(name, digest)) await setAside(folder, name);
  }
}

function numberIn(name: string): number | null {
  const found = /^(\d{1,9})-[0-9a-f]{12}$/.exec(name);
  return found === null ? null : Number(found[1]);
}

function isOf(name: string, digest: string | undefined): boolean {
  return digest !== undefined && name.endsWith(`-${digest.slice(0, 12)}`);
}

/** What a worker was killed in while it unpacked. */
async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs < Date.now() - dayMs;
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith(asidePrefix));
}
