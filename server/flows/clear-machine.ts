import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "#server/kernel/context.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { listHeldLeases } from "#server/services/deployments/list-held-leases.ts";
import { findKnownSlugs } from "#server/services/services/find-known-slugs.ts";
import type { Machine } from "./run-deployment/machine.ts";
import { workspaceName } from "./run-deployment/run.ts";

/** Folders are set aside at once, since their names may be used anew, and removed when there is time. */
const asidePrefix = ".removed-";

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
  const { releasesFolder, homesFolder, instanceLogsFolder, instancesHome } = machine.dataFolder;
  for (const parent of [releasesFolder, homesFolder, instanceLogsFolder]) {
    const slugs = (await namesIn(parent)).filter((name) => join(parent, name) !== instancesHome);
    const known = await findKnownSlugs(ctx, slugs);
    for (const slug of slugs) if (!known.has(slug)) await setAside(parent, slug);
  }
}

export async function removeSetAside(dataFolder: DataFolder): Promise<void> {
  const { workspacesFolder, releasesFolder, homesFolder, instanceLogsFolder } = dataFolder;
  for (const parent of [workspacesFolder, releasesFolder, homesFolder, instanceLogsFolder]) {
    for (const name of (await readdir(parent)).filter((found) => found.startsWith(asidePrefix))) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith(asidePrefix));
}

async function setAside(parent: string, name: string): Promise<void> {
  try {
    await rename(join(parent, name), join(parent, `${asidePrefix}${randomUUID()}`));
  } catch (error) {
    // Another worker on this data folder was faster.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
