import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import { transitions } from "#server/domain/deployment.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/**
 * Takes these deployments out of the queue in favour of a newer one; whichever has started meanwhile goes on. Call it
 * in the transaction that asks for the newer one.
 */
export async function supersede(
  tx: Context,
  input: { deploymentIds: readonly number[]; by: number },
): Promise<void> {
  if (input.deploymentIds.length === 0) return;
  const superseded = await tx.db
    .update(deployments)
    .set({
      status: transitions.cancelQueued.to,
      supersededBy: input.by,
      finishedAt: sql`clock_timestamp()`,
    })
    .where(
      and(
        inArray(deployments.id, [...input.deploymentIds]),
        inArray(deployments.status, transitions.cancelQueued.from),
        isNull(deployments.cancelRequestedAt),
      ),
    )
    .returning({ id: deployments.id });
  for (const { id } of superseded) {
    await tx.db
      .update(steps)
      .set({ status: "cancelled" })
      .where(and(eq(steps.deploymentId, id), eq(steps.status, "pending")));
    await record(tx, {
      action: "deployments/supersede",
      subject: `deployment:${id}`,
      after: { supersededBy: input.by },
    });
    await notify(tx, "deployment", id);
  }
}
