import type { ReleaseBrief } from "./read-models.ts";

interface ReleaseColumns extends Omit<ReleaseBrief, "committedAt"> {
  committedAt: Date;
}

/** A release as pages are told of it, from its row. */
export function toReleaseBrief(release: ReleaseColumns): ReleaseBrief {
  const { id, number, sha, subject, authorName, committedAt } = release;
  const { artifactDigest, badReason, firstArtifactDigest } = release;
  return {
    ...{ id, number, sha, subject, authorName, artifactDigest, badReason, firstArtifactDigest },
    committedAt: committedAt.toISOString(),
  };
}
