import { isFull, type WorkerFacts } from "#server/domain/worker-fit.ts";
import type { Context } from "#server/kernel/context.ts";
import { addExpectations } from "#server/services/deployments/add-expectations.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";

/** Who could take a deployment. How long those still take that run is looked up where it matters: on full workers. */
export async function readWorkerFacts(ctx: Context): Promise<WorkerFacts[]> {
  const workers = await listWorkers(ctx);
  return Promise.all(
    workers.map(async ({ isAlive, labels, capacity, running }) => ({
      ...{ isAlive, labels, capacity },
      running:
        isAlive && isFull({ capacity, running })
          ? await addExpectations(ctx, running)
          : running.map(({ startedAt }) => ({ startedAt, expectedMs: null })),
    })),
  );
}
