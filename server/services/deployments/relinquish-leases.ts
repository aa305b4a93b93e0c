import { and, eq, gt, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";

/**
 * Ends the leases that an earlier life of this worker holds, so that nobody waits until they run out. Call it where that
 * life is over with all that it started, and before this one claims anything.
 */
export async function relinquishLeases(ctx: Context, input: { workerId: number }): Promise<void> {
  const now = sql`clock_timestamp()`;
  await ctx.db
    .update(deployments)
    .set({ leaseExpiresAt: now })
    .where(and(eq(deployments.leaseWorkerId, input.workerId), gt(deployments.leaseExpiresAt, now)));
}
