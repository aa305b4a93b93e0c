import { and, eq, isNull, sql } from "drizzle-orm";
import { workers } from "#db/schema/workers.ts";
import { forgetWorkerRefusal } from "#server/domain/forgetting.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { isAlive, listWorkers } from "./list-workers.ts";

/**
 * Takes a worker that is gone for good off every list. Its row stays for what has run on it, and one that starts under
 * its name is known again. `instancesGone`: how many were given up with it. ConflictError with the reason where it is not
 * gone; NotFoundError where nobody knows it.
 */
export async function forgetWorker(
  ctx: Context,
  { workerId, instancesGone }: { workerId: number; instancesGone: number },
): Promise<void> {
  demand(ctx, "manageInstallation");
  await inTransaction(ctx, async (tx) => {
    const [forgotten] = await tx.db
      .update(workers)
      .set({ forgottenAt: sql`clock_timestamp()` })
      .where(and(eq(workers.id, workerId), isNull(workers.forgottenAt), isGone))
      .returning({ name: workers.name, host: workers.host });
    if (forgotten === undefined) throw await refusal(tx, workerId);
    await record(tx, {
      action: "deployments/forget-worker",
      subject: `worker:${workerId}`,
      before: { ...forgotten, ...(instancesGone > 0 && { instancesGone }) },
    });
    await notify(tx, "worker", workerId);
  });
}

const isGone = sql`not ${isAlive()}
  and not exists (select 1 from instances where worker_id = ${workers.id} and instances.status <> 'ended')
  and not exists (select 1 from deployments where lease_worker_id = ${workers.id} and deployments.status = 'running')`;

async function refusal(tx: Context, workerId: number): Promise<Error> {
  const worker = (await listWorkers(tx)).find(({ id }) => id === workerId);
  if (worker === undefined) return new NotFoundError("There is no such worker: it may be forgotten already.");
  const reason = forgetWorkerRefusal(worker) ?? keptInstances(worker);
  return new ConflictError(
    `${reason ?? `${worker.name} has just changed. Look again.`} Nothing was changed.`,
  );
}

function keptInstances({ name, instanceCount }: { name: string; instanceCount: number }): string | null {
  if (instanceCount === 0) return null;
  const instances = instanceCount === 1 ? "1 instance" : `${instanceCount} instances`;
  return `${name} looks after ${instances}. Start it again once and have them end in order, or give them up with it.`;
}
