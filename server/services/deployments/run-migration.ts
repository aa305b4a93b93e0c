import { and, eq, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { migrationRuns } from "#db/schema/migration-runs.ts";
import type { MigrationLock } from "#server/domain/migration-locks.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { StepError } from "#server/kernel/errors.ts";
import { hold, type Lease } from "./lease.ts";

/**
 * Writes that the release's migration runs now, under the lease. StepError while another runs in the service
 * environment; one whose lease is over runs no more, since a watchdog has ended it before that.
 */
export function beginMigration(
  ctx: Context,
  lease: Lease,
  place: { serviceEnvironmentId: number; releaseId: number },
): Promise<{ id: number }> {
  return inTransaction(ctx, async (tx) => {
    await hold(tx, lease);
    await tx.db
      .update(migrationRuns)
      .set({ status: "interrupted", endedAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(migrationRuns.serviceEnvironmentId, place.serviceEnvironmentId),
          eq(migrationRuns.status, "running"),
          sql`not exists (select from ${deployments} where ${deployments.id} = ${migrationRuns.deploymentId}
            and ${deployments.leaseNumber} = ${migrationRuns.leaseNumber} and ${deployments.status} = 'running'
            and ${deployments.leaseExpiresAt} > clock_timestamp())`,
        ),
      );
    const { deploymentId, leaseNumber } = lease;
    const [row] = await tx.db
      .insert(migrationRuns)
      .values({ ...place, deploymentId, leaseNumber })
      .onConflictDoNothing()
      .returning({ id: migrationRuns.id });
    if (row === undefined)
      throw new StepError("Another deployment still migrates here, so this one does not.");
    return row;
  });
}

export interface MigrationEnd {
  id: number;
  status: "succeeded" | "failed";
  /** Null where nobody looked. */
  locks: MigrationLock[] | null;
}

/** False where it counts as interrupted by now. */
export function endMigration(
  ctx: Context,
  lease: Lease,
  { id, status, locks }: MigrationEnd,
): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    await hold(tx, lease);
    const rows = await tx.db
      .update(migrationRuns)
      .set({ status, locks, endedAt: sql`clock_timestamp()` })
      .where(and(eq(migrationRuns.id, id), eq(migrationRuns.status, "running")))
      .returning({ id: migrationRuns.id });
    return rows.length > 0;
  });
}
