import { forgetRouterRefusal, forgetWorkerRefusal } from "#server/domain/forgetting.ts";
import { type QueuePlace, queuePlace } from "#server/domain/queue-place.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import { workerFit } from "#server/domain/worker-fit.ts";
import type { RouterView, WorkerView } from "#server/domain/worker-views.ts";
import type { Context } from "#server/kernel/context.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";
import { listHolds } from "#server/services/services/list-holds.ts";
import { listRouters, type RouterState } from "#server/services/traffic/list-routers.ts";

export interface WorkersPage {
  workers: WorkerView[];
  queue: (DeploymentBrief & QueuePlace)[];
  routers: RouterView[];
}

/** Who works, what waits and why, and which routers send traffic. */
export async function readWorkersPage(ctx: Context): Promise<WorkersPage> {
  const [rows, active, routers, holds] = await Promise.all([
    listWorkers(ctx),
    listActive(ctx),
    listRouters(ctx),
    listHolds(ctx),
  ]);
  const workers = rows.map((row) => ({
    ...row,
    running: active.filter((deployment) => row.running.some(({ id }) => id === deployment.id)),
    forgetRefusal: forgetWorkerRefusal(row),
  }));
  const nowMs = ctx.now().getTime();
  return {
    workers,
    queue: active
      .filter((deployment) => deployment.status === "queued")
      .map((deployment) => {
        const fit = workerFit(deployment.workerLabel, workers, nowMs);
        return { ...deployment, ...queuePlace(deployment, active, { fit, holds, nowMs }) };
      }),
    routers: routers.map((router) => toView(router, nowMs)),
  };
}

function toView(router: RouterState, nowMs: number): RouterView {
  return {
    id: router.routerId,
    name: router.name,
    pid: router.pid,
    isAlive: !router.silent,
    startedAt: router.startedAt.toISOString(),
    heartbeatAt: new Date(nowMs - router.heartbeatAgeMs).toISOString(),
    forgetRefusal: forgetRouterRefusal({ name: router.name, isAlive: !router.silent }),
  };
}
