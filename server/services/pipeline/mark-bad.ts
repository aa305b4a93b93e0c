import { and, eq, isNull, sql } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import { badReasonSchema } from "#server/domain/bad-release.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";

/**
 * Marks a release as bad: no machine brings it back, and while it is live the pool to go back to is kept. A mark that
 * stands already keeps its reason. Call it in a transaction.
 */
export async function markBad(tx: Context, input: { releaseId: number; badReason: string }): Promise<void> {
  const badReason = parseField("badReason", badReasonSchema, input.badReason);
  const [marked] = await tx.db
    .update(releases)
    .set({ badSince: sql`clock_timestamp()`, badReason })
    .where(and(eq(releases.id, input.releaseId), isNull(releases.badSince)))
    .returning({ serviceId: releases.serviceId });
  if (marked === undefined) return;
  const subject = `release:${input.releaseId}`;
  await record(tx, { action: "pipeline/mark-bad", subject, after: { badReason } });
  await notify(tx, "service", marked.serviceId);
}
