import { eq, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { longestCanaryMs } from "#server/domain/shares.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { demandAt } from "./demand-at.ts";
import { holdCanary } from "./hold-canary.ts";

/**
 * Has a canary end so long from now: with 0, all traffic moves to its release at once. ValidationError "forMs";
 * ConflictError where it is over, or is being cancelled.
 */
export async function setCanaryEnd(
  ctx: Context,
  { deploymentId, forMs }: { deploymentId: number; forMs: number },
): Promise<void> {
  if (!(forMs >= 0 && forMs <= longestCanaryMs)) {
    throw new ValidationError("A canary lasts a week at the most.", "forMs");
  }
  await demandAt(ctx, "deploy", { deploymentId });
  await inTransaction(ctx, async (tx) => {
    await holdCanary(tx, { deploymentId });
    const [set] = await tx.db
      .update(deployments)
      .set({ canaryEndsAt: sql`clock_timestamp() + ${forMs} * interval '1 millisecond'` })
      .where(eq(deployments.id, deploymentId))
      .returning({ endsAt: deployments.canaryEndsAt });
    await record(tx, {
      action: "deployments/set-canary-end",
      subject: `deployment:${deploymentId}`,
      after: { endsAt: set?.endsAt?.toISOString() },
    });
    await notify(tx, "deployment", deploymentId);
  });
}
