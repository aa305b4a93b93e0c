/** How lines of output are stored: what is too short to be compressed stays as it is. */
export const chunkCodecs = ["plain", "zstd"] as const;
export type ChunkCodec = (typeof chunkCodecs)[number];
