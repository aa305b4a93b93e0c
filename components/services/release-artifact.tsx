import { Digest } from "#components/ui/digest.tsx";
import type { ReleaseWithArtifact } from "#server/domain/read-models.ts";

/** What a release ships, whether that can be had without a build, and whether it is what it was at first. */
export function ReleaseArtifact({ release }: { release: ReleaseWithArtifact }) {
  const { artifactDigest, firstArtifactDigest, isArtifactGone } = release;
  return (
    <span>
      <Digest value={artifactDigest} kind="artifact" />
      {isArtifactGone && (
        <span className="text-muted block text-sm">cleared away: built again when needed</span>
      )}
      {firstArtifactDigest !== null && (
        <span className="text-muted block text-sm">
          built again, not the same as <Digest value={firstArtifactDigest} kind="artifact" /> before
        </span>
      )}
    </span>
  );
}
