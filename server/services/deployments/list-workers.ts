import { asc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { workers } from "#db/schema/workers.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import type { WorkerView } from "#server/domain/worker-views.ts";
import type { Context } from "#server/kernel/context.ts";
import { moment } from "./brief.ts";
import { stepsMakeArtifact } from "./expect-duration.ts";

export type HeldDeployment = Pick<
  DeploymentBrief,
  "id" | "serviceEnvironmentId" | "kind" | "status" | "startedAt" | "makesArtifact"
>;
export type WorkerRow = Omit<WorkerView, "running" | "forgetRefusal"> & { running: HeldDeployment[] };

/** Every worker that is not forgotten, by name, with what it runs. Alive means a heartbeat in the last ten seconds. */
export async function listWorkers(ctx: Context): Promise<WorkerRow[]> {
  const rows = await ctx.db
    .select({
      worker: workers,
      isAlive: isAlive(),
      instanceCount: countInstances(sql`true`),
      liveInstanceCount: countInstances(sql`exists (
        select from pointers
        where pointers.service_environment_id = instances.service_environment_id
          and instances.pool in (pointers.live_pool, pointers.candidate_pool))`),
    })
    .from(workers)
    .where(isNull(workers.forgottenAt))
    .orderBy(asc(workers.name));
  const held = await listHeld(ctx);
  return rows.map(({ worker, isAlive, instanceCount, liveInstanceCount }) => {
    const { id, name, host, pid, capacity, labels, isolation, clashedAt, clashedWith } = worker;
    return {
      ...{ id, name, host, pid, capacity, labels, isolation, isAlive },
      ...{ instanceCount, liveInstanceCount },
      startedAt: worker.startedAt.toISOString(),
      heartbeatAt: worker.heartbeatAt.toISOString(),
      stoppedAt: moment(worker.stoppedAt),
      clash:
        clashedAt === null || clashedWith === null
          ? null
          : { at: clashedAt.toISOString(), where: clashedWith },
      running: held.flatMap(({ workerId, ...deployment }) => (workerId === id ? deployment : [])),
    };
  });
}

function countInstances(which: SQL) {
  return sql<number>`(
    select count(*)::int from instances
    where instances.worker_id = workers.id and instances.status <> 'ended' and ${which})`;
}

/** By database time. */
export function isAlive() {
  return sql<boolean>`(${workers.stoppedAt} is null
    and ${workers.heartbeatAt} > clock_timestamp() - interval '10 seconds')`;
}

async function listHeld(ctx: Context): Promise<(HeldDeployment & { workerId: number | null })[]> {
  const rows = await ctx.db
    .select({
      id: deployments.id,
      workerId: deployments.leaseWorkerId,
      serviceEnvironmentId: deployments.serviceEnvironmentId,
      kind: deployments.kind,
      status: deployments.status,
      startedAt: deployments.startedAt,
      makesArtifact: stepsMakeArtifact(sql`${deployments}`),
    })
    .from(deployments)
    .where(eq(deployments.status, "running"));
  return rows.map((row) => ({ ...row, startedAt: moment(row.startedAt) }));
}
