import { closeSync, readSync } from "node:fs";
import { StepError } from "#server/kernel/errors.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import { artifactBounds } from "./artifact-bounds.ts";
import type { CollectedEntry, CollectedFiles } from "./collect-files.ts";
import { changed, type Opened, openUnfollowed } from "./open-unfollowed.ts";
import { blockBytes, encodeEntry, padding } from "./tar-format.ts";

const chunkBytes = 1024 * 1024;

/**
 * A tar of the files, in chunks of 1 MiB: no owners, the modes 755 and 644, and no times unless they are to be kept.
 * Reads as it goes and holds the thread meanwhile. Throws StepError for what changes under it.
 */
export function* tarTree(
  { root, entries }: CollectedFiles,
  { account, keepTimes = false }: { account: Account; keepTimes?: boolean | undefined },
): Generator<Buffer> {
  const chunks = new Chunks();
  let bytes = 0;
  for (const [path, entry] of entries) {
    if (entry !== "file") {
      yield* chunks.add(headerOf(path, entry));
      continue;
    }
    const opened = openUnfollowed(`${root}/${path}`, path, account);
    try {
      bytes += opened.stat.size;
      if (bytes > artifactBounds.bytes) throw tooLarge();
      yield* fileOf(chunks, path, opened, keepTimes);
    } finally {
      closeSync(opened.descriptor);
    }
  }
  yield* chunks.add(Buffer.alloc(2 * blockBytes));
  yield chunks.rest();
}

function headerOf(path: string, entry: Exclude<CollectedEntry, "file">): Buffer {
  if (entry === "folder") {
    return encodeEntry({ path, type: "folder", mode: 0o755, size: 0, mtime: 0, target: "" });
  }
  return encodeEntry({ path, type: "link", mode: 0o755, size: 0, mtime: 0, target: entry.target });
}

/** Hard links are files like others, whatever else shares their content. */
function* fileOf(
  chunks: Chunks,
  path: string,
  { descriptor, stat }: Opened,
  keepTimes: boolean,
): Generator<Buffer> {
  if (!stat.isFile()) throw changed(path);
  const mode = (stat.mode & 0o100) === 0 ? 0o644 : 0o755;
  const mtime = keepTimes ? Math.max(0, Math.floor(stat.mtimeMs / 1_000)) : 0;
  yield* chunks.add(encodeEntry({ path, type: "file", mode, size: stat.size, mtime, target: "" }));
  for (let position = 0; position < stat.size; ) {
    const space = chunks.space(stat.size - position);
    const bytesRead = readSync(descriptor, space, 0, space.length, position);
    if (bytesRead === 0) throw changed(path);
    position += bytesRead;
    yield* chunks.fill(bytesRead);
  }
  yield* chunks.add(Buffer.alloc(padding(stat.size)));
}

function tooLarge(): StepError {
  const gibibytes = artifactBounds.bytes / 1024 ** 3;
  return new StepError(`The files to pack are larger than ${gibibytes} GiB together. Include fewer.`);
}

/** Small pieces put together: each chunk costs a turn through hash, compression and file. */
class Chunks {
  #chunk = Buffer.allocUnsafe(chunkBytes);
  #used = 0;

  *add(piece: Buffer): Generator<Buffer> {
    for (let at = 0; at < piece.length; ) {
      const copied = piece.copy(this.#chunk, this.#used, at);
      at += copied;
      yield* this.fill(copied);
    }
  }

  /** To read into: `fill` says how much of it was used. */
  space(wanted: number): Buffer {
    return this.#chunk.subarray(this.#used, this.#used + wanted);
  }

  *fill(bytes: number): Generator<Buffer> {
    this.#used += bytes;
    if (this.#used < chunkBytes) return;
    const full = this.#chunk;
    this.#chunk = Buffer.allocUnsafe(chunkBytes);
    this.#used = 0;
    yield full;
  }

  rest(): Buffer {
    return this.#chunk.subarray(0, this.#used);
  }
}
