import { type QueuePlace, queuePlace } from "#server/domain/queue-place.ts";
import { workerFit } from "#server/domain/worker-fit.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Deployment } from "#server/services/deployments/get-deployment.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { listHolds } from "#server/services/services/list-holds.ts";
import { readWorkerFacts } from "./read-worker-facts.ts";

/** Where a deployment stands in the queue and what it waits for; null where it does not wait. */
export async function readQueuePlace(ctx: Context, deployment: Deployment): Promise<QueuePlace | null> {
  if (deployment.status !== "queued") return null;
  const [active, workers, holds] = await Promise.all([
    listActive(ctx, { serviceId: deployment.serviceId }),
    readWorkerFacts(ctx),
    listHolds(ctx),
  ]);
  const nowMs = ctx.now().getTime();
  const fit = workerFit(deployment.workerLabel, workers, nowMs);
  return queuePlace(deployment, active, { fit, holds, nowMs });
}
