import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";

/** Writes what the run has found out: the release it ships (and what was live), the pool it starts it in. */
export async function noteProgress(
  ctx: Context,
  lease: Lease,
  found: Partial<
    Pick<
      typeof deployments.$inferInsert,
      | "releaseId"
      | "sha"
      | "subject"
      | "authorName"
      | "previousReleaseId"
      | "configurationId"
      | "previousConfigurationId"
      | "pool"
    >
  >,
): Promise<void> {
  const rows = await ctx.db
    .update(deployments)
    .set(found)
    .where(heldBy(lease))
    .returning({ id: deployments.id });
  if (rows.length === 0) throw new LeaseLostError(lease);
}
