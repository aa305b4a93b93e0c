import { sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { heldBy, type Lease, LeaseLostError, leaseEnd } from "./lease.ts";

/** Holds the deployment for another ten seconds; says whether a cancel was asked for in between. */
export async function renewLease(ctx: Context, lease: Lease): Promise<{ cancelRequested: boolean }> {
  const [renewed] = await ctx.db
    .update(deployments)
    .set({ leaseExpiresAt: leaseEnd })
    .where(heldBy(lease))
    .returning({ cancelRequested: sql<boolean>`${deployments.cancelRequestedAt} is not null` });
  if (renewed === undefined) throw new LeaseLostError(lease);
  return renewed;
}
