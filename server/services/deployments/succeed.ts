import { and, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { allows, changesOf } from "./allows.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";

/** Traffic has switched. The lease stays until `endDrain`, so that the drain is still looked after. */
export function succeed(ctx: Context, lease: Lease): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    const rows = await tx.db
      .update(deployments)
      .set({
        ...changesOf("succeed"),
        switchDurationMs: sql`round(extract(epoch from clock_timestamp() - ${deployments.switchedAt}) * 1000)`,
      })
      .where(and(heldBy(lease), allows("succeed")))
      .returning({ id: deployments.id });
    if (rows.length === 0) throw new LeaseLostError(lease);
    // Sent together: the entry costs no round trip of its own.
    await Promise.all([
      record(tx, { action: "deployments/succeed", subject: `deployment:${lease.deploymentId}` }),
      publishDeployment(tx, lease.deploymentId, "live"),
      notify(tx, "deployment", lease.deploymentId),
      notify(tx, "queue", lease.deploymentId),
    ]);
  });
}
