import { sql } from "drizzle-orm";
import { artifacts } from "#db/schema/releases.ts";
import type { Context } from "#server/kernel/context.ts";

export interface ArtifactFacts {
  digest: string;
  bytes: number;
  fileCount: number;
  /** On whose machine it was packed; left out where nobody knows. */
  packedByWorkerId?: number;
}

/**
 * Writes down that the store is about to have an artifact, one that had been cleared away too. Before the store is
 * given it: from here on it counts as new, and what clears the store leaves it alone.
 */
export async function rememberArtifact(ctx: Context, artifact: ArtifactFacts): Promise<void> {
  const { digest, bytes, fileCount, packedByWorkerId } = artifact;
  await ctx.db
    .insert(artifacts)
    .values({ digest, bytes, fileCount, packedByWorkerId })
    .onConflictDoUpdate({
      target: artifacts.digest,
      set: { removedAt: null, bytes, createdAt: sql`clock_timestamp()`, packedByWorkerId },
    });
}
