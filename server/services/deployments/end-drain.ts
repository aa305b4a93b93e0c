import { and, eq } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { heldBy, type Lease } from "./lease.ts";

/** Nothing is left to do for a succeeded deployment: its lease is dropped. */
export async function endDrain(ctx: Context, lease: Lease): Promise<void> {
  await ctx.db
    .update(deployments)
    .set({ leaseWorkerId: null, leaseExpiresAt: null })
    .where(and(heldBy(lease), eq(deployments.status, "succeeded")));
}
