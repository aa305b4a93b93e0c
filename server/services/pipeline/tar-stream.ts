import type { FileHandle } from "node:fs/promises";
import { lstat, readlink } from "node:fs/promises";
import { join } from "node:path";
import { Header, Pax } from "tar";
import type { Account } from "#server/kernel/service-accounts.ts";
import { linkStaysInside } from "./collect-files.ts";
import { changed, openUnfollowed } from "./open-unfollowed.ts";

const blockBytes = 512;
const chunkBytes = 1024 * 1024;

interface Entry {
  path: string;
  type: "File" | "Directory" | "SymbolicLink";
  mode: number;
  size: number;
  linkpath?: string;
}

/** A tar of these paths in this order, without times and owners, the modes 755 and 644. Throws StepError. */
export async function* tarStream(
  folder: string,
  paths: readonly string[],
  account: Account,
): AsyncGenerator<Buffer> {
  for (const path of paths) {
    const absolute = join(folder, path);
    const found = await lstat(absolute);
    if (found.isSymbolicLink()) {
      const linkpath = await readlink(absolute);
      if (!linkStaysInside(path, linkpath)) throw changed(path);
      yield headerOf({ path: `./${path}`, type: "SymbolicLink", mode: 0o755, size: 0, linkpath });
    } else if (found.isDirectory()) {
      yield headerOf({ path: `./${path}/`, type: "Directory", mode: 0o755, size: 0 });
    } else {
      yield* fileOf(absolute, path, account);
    }
  }
  yield Buffer.alloc(2 * blockBytes);
}

/** Hard links are files like others, whatever else shares their content. */
async function* fileOf(absolute: string, path: string, account: Account): AsyncGenerator<Buffer> {
  const handle = await openUnfollowed(absolute, path, account);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw changed(path);
    const mode = (stat.mode & 0o100) === 0 ? 0o644 : 0o755;
    yield headerOf({ path: `./${path}`, type: "File", mode, size: stat.size });
    yield* contentOf(handle, path, stat.size);
    yield Buffer.alloc(-stat.size & (blockBytes - 1));
  } finally {
    await handle.close();
  }
}

async function* contentOf(handle: FileHandle, path: string, size: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw changed(path);
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A name that is too long for a header stands in one of its own before it. */
function headerOf(entry: Entry): Buffer {
  const mtime = entry.type === "Directory" ? undefined : new Date(0);
  const fields = { ...entry, ...(mtime && { mtime }) };
  const header = new Header(fields);
  const isTooLong = header.encode();
  if (header.block === undefined) throw new Error("A tar header could not be written.");
  if (!isTooLong) return header.block;
  const { path, size, linkpath } = entry;
  return Buffer.concat([new Pax({ path, size, linkpath, ...(mtime && { mtime }) }).encode(), header.block]);
}
