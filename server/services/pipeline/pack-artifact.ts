import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { StepError } from "#server/kernel/errors.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import { artifactFile } from "./artifact-file.ts";
import { collectFiles } from "./collect-files.ts";
import { tarStream } from "./tar-stream.ts";

export interface PackedArtifact {
  /** SHA-256 of the stored file, in hex. */
  digest: string;
  bytes: number;
  /** Files and symbolic links, not folders. */
  fileCount: number;
}

/**
 * Packs what a build made into the store. The same tree gives the same digest: names sorted, no times or owners,
 * modes 755 and 644. Throws StepError for what cannot be packed.
 */
export async function packArtifact(input: {
  folder: string;
  /** Files and folders relative to `folder`; empty means all of it. */
  include: readonly string[];
  artifactsFolder: string;
  /** Whom everything in the folder must belong to, where the build ran as somebody else. */
  account?: Account;
  signal?: AbortSignal;
}): Promise<PackedArtifact> {
  const { account = null } = input;
  const { paths, fileCount } = await collectFiles(input.folder, input.include, account);
  if (fileCount === 0) throw new StepError("There is not a single file to pack. Does the build make any?");
  await mkdir(input.artifactsFolder, { recursive: true });
  const incoming = join(input.artifactsFolder, `incoming-${randomUUID()}`);
  try {
    const sum = new Checksum();
    await pipeline(
      Readable.from(tarStream(input.folder, paths, account)),
      createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
      sum,
      createWriteStream(incoming, { mode: 0o600, flush: true }),
      { signal: input.signal },
    );
    await rename(incoming, artifactFile(input.artifactsFolder, sum.digest()));
    return { digest: sum.digest(), bytes: sum.bytes, fileCount };
  } finally {
    await rm(incoming, { force: true });
  }
}

class Checksum extends Transform {
  bytes = 0;
  #hash = createHash("sha256");
  #digest: string | null = null;

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, chunk: Buffer) => void,
  ): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    done(null, chunk);
  }

  digest(): string {
    this.#digest ??= this.#hash.digest("hex");
    return this.#digest;
  }
}
