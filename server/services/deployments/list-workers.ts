import { and, asc, eq, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { workers } from "#db/schema/workers.ts";
import type { Context } from "#server/kernel/context.ts";

export interface WorkerSummary {
  id: number;
  name: string;
  host: string;
  capacity: number;
  startedAt: Date;
  heartbeatAt: Date;
  /** By database time: no heartbeat for ten seconds, or stopped in order, is not alive. */
  isAlive: boolean;
  runningDeployments: number;
}

export function listWorkers(ctx: Context): Promise<WorkerSummary[]> {
  const runningDeployments = ctx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(deployments)
    .where(and(eq(deployments.leaseWorkerId, workers.id), eq(deployments.status, "running")));
  return ctx.db
    .select({
      id: workers.id,
      name: workers.name,
      host: workers.host,
      capacity: workers.capacity,
      startedAt: workers.startedAt,
      heartbeatAt: workers.heartbeatAt,
      isAlive: sql<boolean>`${workers.stoppedAt} is null
        and ${workers.heartbeatAt} > clock_timestamp() - interval '10 seconds'`,
      runningDeployments: sql<number>`(${runningDeployments})`,
    })
    .from(workers)
    .orderBy(asc(workers.name));
}
