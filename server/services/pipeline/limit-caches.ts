import { execFile } from "node:child_process";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { asidePrefix, setAside } from "#server/kernel/owned-folder.ts";
import { listToolCaches, renewToolCache } from "./tool-cache.ts";

const run = promisify(execFile);
const dayMs = 24 * 3_600_000;

interface Cached {
  path: string;
  bytes: number;
  usedAtMs: number;
  /** A build may be using it. */
  isInUse: boolean;
}

/**
 * Keeps the caches of all services on this machine below a size: what was used longest ago goes first. Folders of tools
 * that were used within a day stay, since a build may be in the middle of them; one that is large is followed by an
 * empty one, so that it is out of use a day later.
 */
export async function limitCaches(cachesFolder: string, mostBytes: number): Promise<void> {
  const cached: Cached[] = [];
  for (const slug of await readdir(cachesFolder)) {
    if (!slug.startsWith(asidePrefix)) cached.push(...(await cachesOf(join(cachesFolder, slug), mostBytes)));
  }
  let bytes = cached.reduce((sum, one) => sum + one.bytes, 0);
  const oldestFirst = cached.toSorted((one, other) => one.usedAtMs - other.usedAtMs);
  for (const one of oldestFirst) {
    if (bytes <= mostBytes) return;
    if (one.isInUse) continue;
    if (one.path.endsWith(".tar.zst")) await rm(one.path, { force: true });
    else await setAside(dirname(one.path), basename(one.path));
    bytes -= one.bytes;
  }
}

async function cachesOf(place: string, mostBytes: number): Promise<Cached[]> {
  const cached: Cached[] = [];
  for (const name of await readdir(place)) {
    if (!name.endsWith(".tar.zst")) continue;
    const found = await stat(join(place, name)).catch(() => null);
    if (found === null) continue;
    cached.push({ path: join(place, name), bytes: found.size, usedAtMs: found.mtimeMs, isInUse: false });
  }
  const tools = await listToolCaches(place);
  for (const path of tools) {
    const { mtimeMs } = await stat(path);
    const bytes = await sizeOf(path);
    cached.push({ path, bytes, usedAtMs: mtimeMs, isInUse: mtimeMs > Date.now() - dayMs });
    if (path === tools.at(-1) && bytes > mostBytes / 4) await renewToolCache(place);
  }
  return cached;
}

/** A build may be about: what vanishes meanwhile makes `du` fail, and its sum is right enough all the same. */
async function sizeOf(folder: string): Promise<number> {
  const { stdout } = await run("du", ["-sk", folder]).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? "",
  }));
  return (Number.parseInt(stdout, 10) || 0) * 1_024;
}
