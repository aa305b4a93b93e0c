import { and, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { allows, changesOf } from "./allows.ts";
import { heldBy, type Lease } from "./lease.ts";

/**
 * Says until when its release takes only a share. Call it in the transaction that gives the share: it throws
 * ConflictError, and so undoes that, where the lease is lost or a cancel came first.
 */
export async function beginCanary(ctx: Context, lease: Lease, { forMs }: { forMs: number }): Promise<void> {
  const rows = await ctx.db
    .update(deployments)
    .set({
      ...changesOf("canary"),
      canaryEndsAt: sql`clock_timestamp() + ${forMs} * interval '1 millisecond'`,
    })
    .where(and(heldBy(lease), allows("canary")))
    .returning({ id: deployments.id });
  if (rows.length === 0) throw new ConflictError("It was cancelled, or taken over, just before its canary.");
  await notify(ctx, "deployment", lease.deploymentId);
}
