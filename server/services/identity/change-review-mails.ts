import { and, eq, isNull, ne } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";

/** Whether the health reviews of what they deploy come by mail from now on. */
export async function changeReviewMails(
  ctx: Context,
  { userId, wanted }: { userId: number; wanted: boolean },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const changed = await tx.db
      .update(users)
      .set({ mailsReviews: wanted })
      .where(and(eq(users.id, userId), isNull(users.leftAt), ne(users.mailsReviews, wanted)))
      .returning({ id: users.id });
    if (changed.length === 0) return;
    await record(tx, {
      action: "identity/change-review-mails",
      subject: `user:${userId}`,
      before: { mailsReviews: !wanted },
      after: { mailsReviews: wanted },
    });
  });
}
