import type { Context } from "#server/kernel/context.ts";
import { inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { demandAt } from "#server/services/deployments/demand-at.ts";
import { holdCanary } from "#server/services/deployments/hold-canary.ts";
import { setCanaryEnd } from "#server/services/deployments/set-canary-end.ts";
import { changeShare } from "#server/services/traffic/share-traffic.ts";

export interface CanaryChange {
  deploymentId: number;
  /** 0 to 1. */
  share?: number | undefined;
  /** From now; 0 sends everything. */
  forMs?: number | undefined;
}

/**
 * Changes a canary by hand: how much its release takes, or for how long. ConflictError where it is over,
 * or is being cancelled; ValidationError "share", "forMs". Nothing is changed where one of them cannot be.
 */
export async function changeCanary(
  ctx: Context,
  { deploymentId, share, forMs }: CanaryChange,
): Promise<void> {
  await demandAt(ctx, "deploy", { deploymentId });
  if (share === undefined && forMs === undefined) {
    throw new ValidationError("Say which share it takes from now on, or how long it lasts.", "share");
  }
  await inTransaction(ctx, async (tx) => {
    const place = await holdCanary(tx, { deploymentId });
    if (forMs !== undefined) await setCanaryEnd(tx, { deploymentId, forMs });
    if (share !== undefined) await changeShare(tx, { ...place, share });
  });
}
