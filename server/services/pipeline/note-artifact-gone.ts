import { and, eq, isNull, sql } from "drizzle-orm";
import { artifacts } from "#db/schema/releases.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";

/** The store has it no more, or a damaged one: what needs it next builds its commit again. */
export function noteArtifactGone(ctx: Context, digest: string): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    const noted = await tx.db
      .update(artifacts)
      .set({ removedAt: sql`clock_timestamp()` })
      .where(and(eq(artifacts.digest, digest), isNull(artifacts.removedAt)))
      .returning({ digest: artifacts.digest });
    if (noted.length === 0) return;
    await record(tx, { action: "pipeline/note-artifact-gone", subject: "artifacts", after: { digest } });
  });
}
