import { and, eq, gt, isNull } from "drizzle-orm";
import { holds } from "#db/schema/holds.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { publishHold } from "#server/services/feed/publish.ts";

/** Ends a hold before its time, whoever placed it. ConflictError where it is over already. */
export async function endHold(ctx: Context, input: { holdId: number }): Promise<void> {
  demandPerson(ctx, "manageServices");
  await inTransaction(ctx, async (tx) => {
    const [ended] = await tx.db
      .update(holds)
      .set({ endedAt: tx.now() })
      .where(and(eq(holds.id, input.holdId), isNull(holds.endedAt), gt(holds.endsAt, tx.now())))
      .returning({ reason: holds.reason });
    if (ended === undefined) throw new ConflictError("This hold is over already.");
    await record(tx, {
      action: "services/end-hold",
      subject: "installation",
      before: { hold: input.holdId, reason: ended.reason },
      after: { ended: true },
    });
    await publishHold(tx, input.holdId, "lifted");
    await notify(tx, "hold", input.holdId);
  });
}
