import { and, eq, inArray, sql } from "drizzle-orm";
import { instances, pools } from "#db/schema/traffic.ts";
import type { InstanceStatus } from "#server/domain/pools.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { emptyPool } from "./end-pool.ts";
import type { InstanceToKeep } from "./list-kept.ts";

/** What can happen to an instance: from which statuses, and what the row says then. */
export type InstanceEvent =
  | { event: "launched"; pid: number; pidStartedAt: string }
  | { event: "healthy" }
  /** It answers, but not well. */
  | { event: "unwell" }
  | { event: "died" }
  | { event: "paused" }
  | { event: "ended" };

const from: Record<InstanceEvent["event"], InstanceStatus[]> = {
  launched: ["starting", "restarting"],
  healthy: ["starting", "unhealthy", "restarting"],
  unwell: ["healthy"],
  died: ["healthy", "unhealthy", "restarting"],
  paused: ["healthy", "unhealthy", "restarting"],
  ended: ["starting", "healthy", "unhealthy", "restarting", "ending"],
};

/** Writes the event; false where the row is gone or does not allow it (any more). */
export function writeInstance(
  ctx: Context,
  instance: Pick<InstanceToKeep, "id" | "serviceEnvironmentId" | "pool">,
  change: InstanceEvent,
): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    if (change.event === "ended") await lockPool(tx, instance);
    const rows = await tx.db
      .update(instances)
      .set(columns(change))
      .where(and(eq(instances.id, instance.id), inArray(instances.status, from[change.event])))
      .returning({ id: instances.id });
    if (rows.length === 0) return false;
    if (change.event === "ended") await emptyPool(tx, instance);
    if (change.event !== "launched") await notify(tx, "route", instance.serviceEnvironmentId);
    return true;
  });
}

/** Instances of a pool end one after the other in the database, so that the last one finds the pool empty. */
async function lockPool(tx: Context, instance: Pick<InstanceToKeep, "serviceEnvironmentId" | "pool">) {
  const { serviceEnvironmentId, pool } = instance;
  await tx.db
    .select({ color: pools.color })
    .from(pools)
    .where(and(eq(pools.serviceEnvironmentId, serviceEnvironmentId), eq(pools.color, pool)))
    .for("update");
}

function columns(change: InstanceEvent) {
  const noProcess = { pid: null, pidStartedAt: null };
  switch (change.event) {
    case "launched":
      return {
        pid: change.pid,
        pidStartedAt: change.pidStartedAt,
        startedAt: sql`clock_timestamp()`,
      };
    case "healthy":
      return { status: "healthy" as const };
    case "unwell":
      return { status: "unhealthy" as const };
    case "died":
      return { status: "restarting" as const, restarts: sql`${instances.restarts} + 1`, ...noProcess };
    case "paused":
      return { status: "restarting" as const, ...noProcess };
    case "ended":
      return { status: "ended" as const, endedAt: sql`clock_timestamp()`, ...noProcess };
  }
}
