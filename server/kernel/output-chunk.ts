import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { ChunkCodec } from "#server/domain/output-chunk.ts";

/** Whole lines as they are stored, each with its line feed. */
export interface StoredLines {
  codec: ChunkCodec;
  body: Uint8Array;
}

const shortestCompressed = 256;
/** The fastest: logs are alike enough for it, and a higher level costs more than the disk it spares. */
const parameters = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function compressLines(lines: Uint8Array): StoredLines {
  if (lines.length < shortestCompressed) return { codec: "plain", body: lines };
  return { codec: "zstd", body: zstdCompressSync(lines, parameters) };
}

export function decompressLines({ codec, body }: StoredLines): Uint8Array {
  return codec === "plain" ? body : zstdDecompressSync(body);
}
