import { utcText } from "#server/domain/moment-text.ts";
import type { DeploymentBrief, RouterView, WorkerView } from "#server/domain/read-models.ts";
import { isScheduledLater } from "#server/domain/schedule.ts";
import type { Context } from "#server/kernel/context.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { listWorkerRows } from "#server/services/deployments/list-worker-rows.ts";
import { listRouters } from "#server/services/traffic/list-routers.ts";

export interface WorkersPage {
  workers: WorkerView[];
  queue: (DeploymentBrief & { waitingFor: string })[];
  routers: RouterView[];
}

/** Who works, what waits and why, and which routers send traffic. */
export async function readWorkersPage(ctx: Context): Promise<WorkersPage> {
  const [rows, active, routers] = await Promise.all([listWorkerRows(ctx), listActive(ctx), listRouters(ctx)]);
  const workers = rows.map(({ deploymentIds, ...worker }) => ({
    ...worker,
    running: active.filter((deployment) => deploymentIds.includes(deployment.id)),
  }));
  const isWorkerAlive = workers.some((worker) => worker.isAlive);
  return {
    workers,
    queue: active
      .filter((deployment) => deployment.status === "queued")
      .map((deployment) => ({ ...deployment, waitingFor: waitingFor(deployment, active, isWorkerAlive) })),
    routers: routers.map((router) => ({
      id: router.routerId,
      name: router.name,
      pid: router.pid,
      isAlive: !router.silent,
      startedAt: router.startedAt.toISOString(),
      heartbeatAt: new Date(ctx.now().getTime() - router.heartbeatAgeMs).toISOString(),
    })),
  };
}

function waitingFor(waiting: DeploymentBrief, active: DeploymentBrief[], isWorkerAlive: boolean): string {
  if (isScheduledLater(waiting)) return `It waits for its time: ${utcText(waiting.scheduledFor ?? "")}.`;
  const ahead = active.find(
    (other, position) =>
      other.serviceEnvironmentId === waiting.serviceEnvironmentId &&
      !isScheduledLater(other) &&
      (other.status === "running" || position < active.indexOf(waiting)),
  );
  if (ahead !== undefined) return `Deployment ${ahead.id} (${ahead.kind}) goes first.`;
  return isWorkerAlive ? "A worker takes it as soon as it has room." : "No worker is alive.";
}
