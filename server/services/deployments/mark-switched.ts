import { and } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { allows, changesOf } from "./allows.ts";
import { heldBy, type Lease } from "./lease.ts";

/**
 * From here on the deployment can only finish. Call it in the transaction that moves the pointer: it throws
 * ConflictError, and so undoes the move, where the lease is lost or a cancel came first.
 */
export async function markSwitched(ctx: Context, lease: Lease): Promise<void> {
  const rows = await ctx.db
    .update(deployments)
    .set(changesOf("switch"))
    .where(and(heldBy(lease), allows("switch")))
    .returning({ id: deployments.id });
  if (rows.length === 0) throw new ConflictError("It was cancelled, or taken over, just before the switch.");
}
