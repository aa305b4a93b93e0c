import { and, eq, isNull, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { heldBy, type Lease } from "./lease.ts";

/**
 * From here on the deployment can only finish. Call it in the transaction that moves the pointer: it throws
 * ConflictError, and so undoes the move, where the lease is lost or a cancel came first.
 */
export async function markSwitched(ctx: Context, lease: Lease): Promise<void> {
  const rows = await ctx.db
    .update(deployments)
    .set({ switchedAt: sql`clock_timestamp()` })
    .where(and(heldBy(lease), eq(deployments.status, "running"), isNull(deployments.cancelRequestedAt)))
    .returning({ id: deployments.id });
  if (rows.length === 0) throw new ConflictError("It was cancelled, or taken over, just before the switch.");
}
