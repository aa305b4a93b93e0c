import { asc, eq, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { instances } from "#db/schema/traffic.ts";
import { workers } from "#db/schema/workers.ts";
import type { WorkerView } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";

export type WorkerRow = Omit<WorkerView, "running"> & { deploymentIds: number[] };

/** Every worker with what it holds now. Alive means a heartbeat in the last ten seconds, by database time. */
export async function listWorkerRows(ctx: Context): Promise<WorkerRow[]> {
  const rows = await ctx.db
    .select({
      worker: workers,
      isAlive: sql<boolean>`${workers.stoppedAt} is null
        and ${workers.heartbeatAt} > clock_timestamp() - interval '10 seconds'`,
      instanceCount: sql<number>`(${ctx.db
        .select({ count: sql`count(*)::int` })
        .from(instances)
        .where(sql`${instances.workerId} = ${workers.id} and ${instances.status} <> 'ended'`)})`,
    })
    .from(workers)
    .orderBy(asc(workers.name));
  const held = await ctx.db
    .select({ id: deployments.id, workerId: deployments.leaseWorkerId })
    .from(deployments)
    .where(eq(deployments.status, "running"));
  return rows.map(({ worker, isAlive, instanceCount }) => ({
    id: worker.id,
    name: worker.name,
    host: worker.host,
    pid: worker.pid,
    capacity: worker.capacity,
    isAlive,
    startedAt: worker.startedAt.toISOString(),
    heartbeatAt: worker.heartbeatAt.toISOString(),
    stoppedAt: worker.stoppedAt?.toISOString() ?? null,
    instanceCount,
    deploymentIds: held.filter((row) => row.workerId === worker.id).map((row) => row.id),
  }));
}
