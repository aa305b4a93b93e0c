import { sql } from "drizzle-orm";
import { workers } from "#db/schema/workers.ts";
import type { WorkerIsolation } from "#server/domain/limits.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

export interface WorkerIdentity {
  name: string;
  host: string;
  pid: number;
  capacity: number;
  labels?: string[];
  isolation?: WorkerIsolation;
}

/** One of a worker's lives under its name: whoever registers later ends it. */
export interface WorkerLife {
  id: number;
  /** When it began, as the database writes it. */
  since: string;
}

/** Takes the row of that name, new or from an earlier life: the instances that stand in it become this worker's. */
export async function registerWorker(ctx: Context, worker: WorkerIdentity): Promise<WorkerLife> {
  const life = {
    ...worker,
    labels: worker.labels ?? [],
    isolation: worker.isolation ?? null,
    startedAt: sql`clock_timestamp()`,
    heartbeatAt: sql`clock_timestamp()`,
    stoppedAt: null,
    forgottenAt: null,
    clashedAt: null,
    clashedWith: null,
  };
  const [row] = await ctx.db
    .insert(workers)
    .values(life)
    .onConflictDoUpdate({ target: workers.name, set: life })
    .returning({ id: workers.id, since: sql<string>`${workers.startedAt}::text` });
  if (row === undefined) throw new Error("The worker's row was not returned.");
  await notify(ctx, "worker", row.id);
  return row;
}
