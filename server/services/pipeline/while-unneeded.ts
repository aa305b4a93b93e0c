import { and, eq, isNotNull, not, notExists, sql } from "drizzle-orm";
import { artifacts, releases } from "#db/schema/releases.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { isRunning } from "./needed-artifact.ts";

/**
 * Takes an artifact away while nobody can begin to need it: whoever packs the same again waits and then stores it anew.
 * False where it is needed. One that no release names is forgotten.
 */
export function whileUnneeded(
  ctx: Context,
  artifact: { digest: string; bytes: number },
  takeAway: () => Promise<void>,
): Promise<boolean> {
  const { digest, bytes } = artifact;
  return inTransaction(ctx, async (tx) => {
    // Of what is in a store and not written down there is nothing to hold, so it is written down.
    await tx.db
      .insert(artifacts)
      .values({ digest, bytes, fileCount: 0, removedAt: sql`clock_timestamp()` })
      .onConflictDoNothing();
    const isIt = and(eq(artifacts.digest, digest), isNotNull(artifacts.removedAt));
    const held = await tx.db.select({ digest: artifacts.digest }).from(artifacts).where(isIt).for("update");
    const unneeded =
      held.length === 0
        ? []
        : await tx.db
            .select({ digest: artifacts.digest })
            .from(artifacts)
            .where(and(isIt, not(isRunning())));
    if (unneeded.length === 0) return false;
    await takeAway();
    const named = tx.db.select({ id: releases.id }).from(releases).where(eq(releases.artifactDigest, digest));
    await tx.db.delete(artifacts).where(and(isIt, notExists(named)));
    return true;
  });
}
