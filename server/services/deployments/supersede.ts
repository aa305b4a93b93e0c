import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { leaveQueue } from "./leave-queue.ts";

/**
 * Takes these deployments out of the queue in favour of a newer one; whichever has started meanwhile goes on. Call it
 * in the transaction that asks for the newer one.
 */
export async function supersede(
  tx: Context,
  input: { deploymentIds: readonly number[]; by: number },
): Promise<void> {
  for (const id of input.deploymentIds) {
    if (!(await leaveQueue(tx, id, { supersededBy: input.by }))) continue;
    await record(tx, {
      action: "deployments/supersede",
      subject: `deployment:${id}`,
      after: { supersededBy: input.by },
    });
  }
}
