import { join } from "node:path";
import { makeReadableFolder } from "#server/kernel/owned-folder.ts";
import { type KeptPlace, keepFolders, restoreFolders } from "#server/services/pipeline/kept-folders.ts";
import { lockfileKey } from "#server/services/pipeline/lockfiles.ts";
import type { Output } from "#server/services/pipeline/output.ts";
import { openToolCache, toolCacheVariables } from "#server/services/pipeline/tool-cache.ts";
import { accountOf, type Run, settingsOf, sourceOf } from "./run.ts";

/**
 * Puts what earlier builds kept into the checkout, before it is given to the service: until then nobody else can write
 * there. Returns where to keep it after this build; null where the settings name nothing to keep.
 */
export async function restoreCache(
  run: Run,
  folders: { checkout: string; service: string },
  output: Output,
): Promise<KeptPlace | null> {
  const { cache } = settingsOf(run);
  if (run.work.cleanBuild)
    output.note("A build without cache was asked for: nothing is used that earlier ones kept.");
  if (cache.length === 0) return null;
  const key = lockfileKey([folders.checkout, folders.service], cache);
  const place = { folder: await cachePlace(run), serviceId: run.work.service.id, key };
  if (!run.work.cleanBuild) {
    const temporaryFolder = join(run.workspace, "kept");
    await restoreFolders({
      place,
      checkout: folders.service,
      cache,
      temporaryFolder,
      output,
      signal: run.signal,
    });
  }
  return place;
}

export async function keepCache(run: Run, output: Output): Promise<void> {
  const { kept: place, folder } = sourceOf(run);
  if (place === null) return;
  const { cache } = settingsOf(run);
  const account = accountOf(run);
  await keepFolders({
    ...{ place, folder, cache, account, output },
    ...{ signal: run.signal, replacesAll: run.work.cleanBuild },
  });
}

/** Where the tools of build and test keep what they fetch; one folder for all steps of the run. */
export async function toolVariables(run: Run): Promise<Record<string, string>> {
  run.toolCache ??= await openToolCache(await cachePlace(run), accountOf(run), { anew: run.work.cleanBuild });
  return toolCacheVariables(run.toolCache);
}

async function cachePlace(run: Run): Promise<string> {
  const folder = join(run.machine.dataFolder.cachesFolder, run.work.service.slug);
  await makeReadableFolder(folder, accountOf(run));
  return folder;
}
