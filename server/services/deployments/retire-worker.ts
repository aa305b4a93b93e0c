import { and, eq, sql } from "drizzle-orm";
import { workers } from "#db/schema/workers.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** The worker ended in order. Its row stays: its instances may go on without it. */
export async function retireWorker(ctx: Context, worker: { id: number; pid: number }): Promise<void> {
  await ctx.db
    .update(workers)
    .set({ stoppedAt: sql`clock_timestamp()` })
    .where(and(eq(workers.id, worker.id), eq(workers.pid, worker.pid)));
  await notify(ctx, "worker", worker.id);
}
