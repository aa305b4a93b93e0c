import { and, eq, sql } from "drizzle-orm";
import { workers } from "#db/schema/workers.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";

/** Says that the worker lives, whoever had forgotten it. ConflictError where another process has taken its name. */
export async function heartbeatWorker(
  ctx: Context,
  worker: { id: number; host: string; pid: number },
): Promise<void> {
  const rows = await ctx.db
    .update(workers)
    .set({ heartbeatAt: sql`clock_timestamp()`, forgottenAt: null })
    .where(and(eq(workers.id, worker.id), eq(workers.host, worker.host), eq(workers.pid, worker.pid)))
    .returning({ id: workers.id });
  if (rows.length === 0) throw new ConflictError("Another worker has started under this worker's name.");
}
