import { and, asc, inArray, isNull, not, sql } from "drizzle-orm";
import { artifacts } from "#db/schema/releases.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { isNeeded } from "./needed-artifact.ts";

const mostAtOnce = 500;

/**
 * Marks artifacts that nothing needs any more: from here on nobody uses them, and the stores are cleared of them. What
 * is just being asked for is held by that transaction (see hold-artifact.ts) and left for the next time.
 */
export function markUnneeded(
  ctx: Context,
  keep: { newestReleases: number; releaseIds: readonly number[] },
): Promise<{ digest: string; bytes: number }[]> {
  return inTransaction(ctx, async (tx) => {
    const held = await tx.db
      .select({ digest: artifacts.digest })
      .from(artifacts)
      .where(and(isNull(artifacts.removedAt), not(isNeeded(keep))))
      .orderBy(asc(artifacts.createdAt))
      .limit(mostAtOnce)
      .for("update", { skipLocked: true });
    if (held.length === 0) return [];
    // Looked at again, now that they are held: whoever was faster has said by now what needs them.
    const digests = held.map(({ digest }) => digest);
    const marked = await tx.db
      .update(artifacts)
      .set({ removedAt: sql`clock_timestamp()` })
      .where(and(inArray(artifacts.digest, digests), isNull(artifacts.removedAt), not(isNeeded(keep))))
      .returning({ digest: artifacts.digest, bytes: artifacts.bytes });
    if (marked.length > 0) {
      await record(tx, {
        action: "pipeline/clear-artifacts",
        subject: "artifacts",
        after: {
          count: marked.length,
          bytes: marked.reduce((sum, { bytes }) => sum + bytes, 0),
          digests: marked.map(({ digest }) => digest),
        },
      });
    }
    return marked;
  });
}
