/** What an artifact may be at most: one that is packed can be unpacked. */
export interface ArtifactBounds {
  entries: number;
  /** Of all files together, unpacked. */
  bytes: number;
  /** Of one path or a link's target. */
  nameBytes: number;
}

export const artifactBounds: ArtifactBounds = {
  entries: 1_000_000,
  bytes: 32 * 1024 ** 3,
  nameBytes: 4_096,
};
