import { and, eq, type SQL, sql } from "drizzle-orm";
import { workers } from "#db/schema/workers.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import type { WorkerLife } from "./register-worker.ts";

/** Says that the worker lives, whoever had forgotten it. ConflictError where another process has taken its name. */
export async function heartbeatWorker(ctx: Context, life: WorkerLife): Promise<void> {
  const rows = await ctx.db
    .update(workers)
    .set({ heartbeatAt: sql`clock_timestamp()`, forgottenAt: null })
    .where(isLife(life))
    .returning({ id: workers.id });
  if (rows.length === 0) throw new ConflictError("Another worker has started under this worker's name.");
}

/** Hosts and pids may be alike in two containers: the moment at which it registered is its own. */
export function isLife({ id, since }: WorkerLife): SQL | undefined {
  return and(eq(workers.id, id), eq(workers.startedAt, sql`${since}::timestamptz`));
}
