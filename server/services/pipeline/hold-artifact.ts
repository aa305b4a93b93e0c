import { eq } from "drizzle-orm";
import { artifacts } from "#db/schema/releases.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";

/**
 * Keeps the artifact from being cleared away until the transaction has said what needs it. Throws ConflictError where
 * it is no longer as it was seen: cleared away meanwhile, or built again.
 */
export async function holdArtifact(
  tx: Context,
  seen: { number: number; artifactDigest: string; isArtifactGone: boolean },
): Promise<void> {
  const [artifact] = await tx.db
    .select({ removedAt: artifacts.removedAt })
    .from(artifacts)
    .where(eq(artifacts.digest, seen.artifactDigest))
    .for("share");
  const isGone = artifact === undefined || artifact.removedAt !== null;
  if (isGone === seen.isArtifactGone) return;
  const what = isGone ? "has just been cleared away" : "has just been built again";
  throw new ConflictError(`The artifact of #${seen.number} ${what}. Look at the plan again.`);
}
