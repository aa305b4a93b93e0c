import { and, gt, ne, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Lease } from "./lease.ts";

/** The leases that other workers hold now, by database time. */
export function listHeldLeases(
  ctx: Context,
  input: { otherThanWorkerId: number },
): Promise<Pick<Lease, "deploymentId" | "leaseNumber">[]> {
  return ctx.db
    .select({ deploymentId: deployments.id, leaseNumber: deployments.leaseNumber })
    .from(deployments)
    .where(
      and(
        ne(deployments.leaseWorkerId, input.otherThanWorkerId),
        gt(deployments.leaseExpiresAt, sql`clock_timestamp()`),
      ),
    );
}
