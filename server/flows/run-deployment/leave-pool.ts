import { inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { hold } from "#server/services/deployments/lease.ts";
import { endPool } from "#server/services/targets/end-pool.ts";
import { poolOf, type Run } from "./run.ts";

/** Gives the pool up that the run has taken; false where it is live after all, or not this deployment's any more. */
export async function leavePool(run: Run): Promise<boolean> {
  const { serviceEnvironmentId } = run.work;
  const when = { deploymentId: run.lease.deploymentId };
  try {
    await inTransaction(run.ctx, async (tx) => {
      await hold(tx, run.lease);
      await endPool(tx, { serviceEnvironmentId, pool: poolOf(run).color, when });
    });
    return true;
  } catch (error) {
    // The answer to the switch may have been lost, or the lease: whoever has it now may have taken the pool anew.
    if (error instanceof ConflictError) return false;
    throw error;
  }
}
