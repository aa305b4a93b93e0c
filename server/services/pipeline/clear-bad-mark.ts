import { eq } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** The release is not bad after all. Call it in a transaction. */
export async function clearBadMark(tx: Context, input: { releaseId: number }): Promise<void> {
  const isRelease = eq(releases.id, input.releaseId);
  const [before] = await tx.db
    .select({ serviceId: releases.serviceId, badReason: releases.badReason })
    .from(releases)
    .where(isRelease)
    .for("update");
  if (before === undefined || before.badReason === null) return;
  await tx.db.update(releases).set({ badSince: null, badReason: null }).where(isRelease);
  await record(tx, {
    action: "pipeline/clear-bad-mark",
    subject: `release:${input.releaseId}`,
    before: { badReason: before.badReason },
  });
  await notify(tx, "service", before.serviceId);
}
