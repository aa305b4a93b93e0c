import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import type { Account } from "#server/kernel/service-accounts.ts";
import { collectFiles } from "./collect-files.ts";
import { TarFormatError } from "./tar-format.ts";
import { TarReader } from "./tar-reader.ts";
import { tarTree } from "./tar-tree.ts";
import { TreeWriter } from "./tree-writer.ts";

/** What a thread of its own does: it is held up by each file that it reads or writes. */

export interface PackWork {
  kind: "pack";
  folder: string;
  include: readonly string[];
  account: Account;
  keepTimes: boolean;
  /** Made; removed again where packing fails. */
  file: string;
}

export interface UnpackWork {
  kind: "unpack";
  file: string;
  digest: string;
  /** Empty. */
  folder: string;
}

export interface PackedFile {
  /** SHA-256 of the tar, in hex: it names the content, however the file compresses it. */
  digest: string;
  /** Of the file. */
  bytes: number;
  /** Files and symbolic links, not folders. */
  fileCount: number;
}

/** The file is not what its digest says, or holds what no artifact may: nothing of it may be used. */
export class RefusedArtifactError extends Error {
  override name = "RefusedArtifactError";
}

const pieceBytes = 1024 * 1024;

export async function pack(work: PackWork, signal: AbortSignal): Promise<PackedFile> {
  const { folder, include, account, keepTimes, file } = work;
  const collected = collectFiles(folder, include, account);
  const hash = createHash("sha256");
  try {
    await pipeline(
      Readable.from(tarTree(collected, { account, keepTimes }), { objectMode: true, highWaterMark: 2 }),
      hashing(hash),
      createZstdCompress({
        chunkSize: pieceBytes,
        params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
      }),
      createWriteStream(file, { flags: "wx", mode: 0o600, flush: true, highWaterMark: 4 * pieceBytes }),
      { signal },
    );
    const { size } = await stat(file);
    return { digest: hash.digest("hex"), bytes: size, fileCount: collected.fileCount };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    writableHighWaterMark: 2 * pieceBytes,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

/** Verifies while it writes: what is refused may have left files in the folder. Throws RefusedArtifactError. */
export async function unpack(work: UnpackWork, signal: AbortSignal): Promise<void> {
  const { file, digest, folder } = work;
  const hash = createHash("sha256");
  const writer = new TreeWriter(folder);
  const reader = new TarReader(writer);
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: pieceBytes }),
      createZstdDecompress({ chunkSize: pieceBytes }),
      new Writable({
        write(piece: Buffer, _encoding, done) {
          try {
            hash.update(piece);
            reader.write(piece);
            done();
          } catch (error) {
            done(error as Error);
          }
        },
      }),
      { signal },
    );
    reader.end();
    writer.finish();
  } catch (error) {
    throw refusal(error);
  } finally {
    writer.close();
  }
  if (hash.digest("hex") === digest || (await digestOfFile(file)) === digest) return;
  throw new RefusedArtifactError("its SHA-256 is another");
}

function refusal(error: unknown): unknown {
  if (error instanceof TarFormatError) return new RefusedArtifactError(error.message);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("ZSTD_error") || code === "Z_BUF_ERROR"
    ? new RefusedArtifactError("it cannot be decompressed")
    : error;
}

/** Artifacts of earlier versions are named by the SHA-256 of the packed file. */
async function digestOfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
