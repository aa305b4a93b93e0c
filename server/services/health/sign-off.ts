import { and, eq, ne } from "drizzle-orm";
import { healthReviews } from "#db/schema/health.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";

/** “I watched it”, said by a person, also after the time for it. ConflictError where somebody has said so. */
export async function signOff(ctx: Context, deploymentId: number): Promise<void> {
  const person = demandPerson(ctx, "deploy");
  await inTransaction(ctx, async (tx) => {
    const signed = await tx.db
      .update(healthReviews)
      .set({ state: "watched", watchedBy: person.id, watchedByName: person.name, watchedAt: tx.now() })
      .where(and(eq(healthReviews.deploymentId, deploymentId), ne(healthReviews.state, "watched")))
      .returning({ answer: healthReviews.answer });
    const [row] = signed;
    if (row === undefined) throw new ConflictError("Somebody has said so already.");
    await record(tx, {
      action: "health/sign-off",
      subject: `deployment:${deploymentId}`,
      after: { answer: row.answer },
    });
    await notify(tx, "review", deploymentId);
  });
}
