import { ConflictError } from "#server/kernel/errors.ts";
import { endPool } from "#server/services/targets/end-pool.ts";
import { poolOf, type Run } from "./run.ts";

/** Gives the pool up that the run has taken; false where it is live after all, or not this deployment's any more. */
export async function leavePool(run: Run): Promise<boolean> {
  const { serviceEnvironmentId } = run.work;
  const when = { deploymentId: run.lease.deploymentId };
  try {
    await endPool(run.ctx, { serviceEnvironmentId, pool: poolOf(run).color, when });
    return true;
  } catch (error) {
    // The answer to the switch may have been lost.
    if (error instanceof ConflictError) return false;
    throw error;
  }
}
