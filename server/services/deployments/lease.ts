import { and, eq, gt, inArray, lte, type SQL, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";

/**
 * This room owns the queue, the deployments, their steps and logs, and the workers that run them. A worker holds a
 * deployment by a lease that database time ends; each of its writes names the lease, so a former holder writes nothing.
 * In the audit log stand what people ask for and how each deployment ends. What a worker does in between (claims, leases,
 * steps, logs) stands in these tables themselves; comings and goings of workers change nothing that anybody decided.
 */
export interface Lease {
  deploymentId: number;
  workerId: number;
  leaseNumber: number;
  /** Set by whoever settles what a lost worker has left: matches only while the lease is over. */
  hasExpired?: boolean;
}

export const leaseDurationMs = 10_000;

/** Database time at which a lease taken or renewed now ends. */
export const leaseEnd = sql`clock_timestamp() + ${leaseDurationMs} * interval '1 millisecond'`;

/** The worker no longer holds the deployment: it must stop, another may have it. */
export class LeaseLostError extends ConflictError {
  override name = "LeaseLostError";
  constructor(lease: Lease) {
    super(`Worker ${lease.workerId} no longer holds deployment ${lease.deploymentId}.`);
  }
}

/** Matches the deployment's row while the lease is held. A succeeded one is held until its drain ends. */
export function heldBy(lease: Lease): SQL | undefined {
  return and(
    eq(deployments.id, lease.deploymentId),
    eq(deployments.leaseNumber, lease.leaseNumber),
    eq(deployments.leaseWorkerId, lease.workerId),
    inArray(deployments.status, ["running", "succeeded"]),
    lease.hasExpired === true
      ? lte(deployments.leaseExpiresAt, sql`clock_timestamp()`)
      : gt(deployments.leaseExpiresAt, sql`clock_timestamp()`),
  );
}

/** Keeps the lease from passing on until the transaction ends, so that other rooms' writes in it are fenced too. */
export async function hold(ctx: Context, lease: Lease): Promise<void> {
  const rows = await ctx.db
    .select({ id: deployments.id })
    .from(deployments)
    .where(heldBy(lease))
    .for("share");
  if (rows.length === 0) throw new LeaseLostError(lease);
}
