import { eq, sql } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import type { StepName, StepStatus } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { notification } from "#server/kernel/notifications.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";

/**
 * One statement: it locks the deployment's row against a reaper, changes the step under the lease and tells of it.
 * A step that starts gets its start and loses the rest; one that was skipped has neither start nor end.
 */
export async function writeStep(
  ctx: Context,
  lease: Lease,
  name: StepName,
  change: { status: StepStatus; detail: string | null },
): Promise<void> {
  const held = ctx.db
    .select({ id: deployments.id })
    .from(deployments)
    .where(heldBy(lease))
    .for("share")
    .getSQL();
  const told = await ctx.db.execute(sql`
    with held as (${held}), changed as (
      update ${steps} set status = ${change.status}, detail = ${change.detail}, ${times(change.status)}
      from held where ${eq(steps.deploymentId, sql`held.id`)} and ${eq(steps.name, name)}
      returning 1
    ) select ${notification("deployment", lease.deploymentId)} from changed`);
  if (told.length === 0) throw new LeaseLostError(lease);
}

function times(status: StepStatus) {
  if (status === "running") return sql`started_at = clock_timestamp(), ended_at = null`;
  if (status === "skipped") return sql`started_at = null, ended_at = null`;
  return sql`ended_at = clock_timestamp()`;
}
