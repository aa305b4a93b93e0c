import { and, eq, sql } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";

/**
 * Gives a release, whose artifact was gone, the one that its commit was built into again. Where that is another, the
 * release says so from here on. False where another deployment was faster: what it made counts.
 */
export function recordRebuild(
  ctx: Context,
  input: { releaseId: number; goneDigest: string; digest: string },
): Promise<boolean> {
  const { releaseId, goneDigest, digest } = input;
  return inTransaction(ctx, async (tx) => {
    const rebuilt = await tx.db
      .update(releases)
      .set({
        artifactDigest: digest,
        rebuiltAt: sql`clock_timestamp()`,
        ...(digest !== goneDigest && {
          firstArtifactDigest: sql`coalesce(${releases.firstArtifactDigest}, ${goneDigest})`,
        }),
      })
      .where(and(eq(releases.id, releaseId), eq(releases.artifactDigest, goneDigest)))
      .returning({ id: releases.id });
    if (rebuilt.length === 0) return false;
    await record(tx, {
      action: "pipeline/record-rebuild",
      subject: `release:${releaseId}`,
      before: { artifactDigest: goneDigest },
      after: { artifactDigest: digest },
    });
    return true;
  });
}
