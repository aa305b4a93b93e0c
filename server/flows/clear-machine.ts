import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "#server/kernel/context.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { asidePrefix, removeTree, setAside } from "#server/kernel/owned-folder.ts";
import { listHeldLeases } from "#server/services/deployments/list-held-leases.ts";
import { findKnownSlugs } from "#server/services/services/find-known-slugs.ts";
import type { Machine } from "./run-deployment/machine.ts";
import { workspaceName } from "./run-deployment/run.ts";

/**
 * Sets aside the workspaces that workers were killed in. Only before this one claims anything: what a lease of its own
 * names until then is of a life that is over.
 */
export async function setAsideWorkspaces(ctx: Context, machine: Machine): Promise<void> {
  const { workspacesFolder } = machine.dataFolder;
  const found = await namesIn(workspacesFolder);
  const held = await listHeldLeases(ctx, { otherThanWorkerId: machine.workerId });
  const current = new Set(held.map(workspaceName));
  for (const name of found) if (!current.has(name)) await setAside(workspacesFolder, name);
}

/** Sets aside what services that are gone have left on this machine: releases, homes, output of instances. */
export async function setAsideRemovedServices(ctx: Context, machine: Machine): Promise<void> {
  for (const parent of foldersByService(machine.dataFolder)) {
    const slugs = await namesIn(parent);
    const known = await findKnownSlugs(ctx, slugs);
    for (const slug of slugs) if (!known.has(slug)) await setAside(parent, slug);
  }
}

export async function removeSetAside(dataFolder: DataFolder): Promise<void> {
  const { workspacesFolder, releasesFolder, cachesFolder } = dataFolder;
  const parents = [workspacesFolder, ...foldersByService(dataFolder)];
  // Single releases and caches are set aside where only the worker can write.
  for (const folder of [releasesFolder, cachesFolder]) {
    parents.push(...(await namesIn(folder)).map((name) => join(folder, name)));
  }
  for (const parent of parents) {
    for (const name of (await readdir(parent)).filter((found) => found.startsWith(asidePrefix))) {
      await removeTree(join(parent, name));
    }
  }
}

/** Each holds a folder a service, by its slug. */
function foldersByService(dataFolder: DataFolder): string[] {
  const { releasesFolder, homesFolder, instancesFolder, instanceLogsFolder, cachesFolder } = dataFolder;
  return [releasesFolder, homesFolder, instancesFolder, instanceLogsFolder, cachesFolder];
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith(asidePrefix));
}
