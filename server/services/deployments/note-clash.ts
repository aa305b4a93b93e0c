import { eq, sql } from "drizzle-orm";
import { workers } from "#db/schema/workers.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** The last that a worker says whose name another process has taken: where it ran, beside the one that goes on. */
export async function noteClash(
  ctx: Context,
  worker: { id: number; host: string; pid: number },
): Promise<void> {
  await ctx.db
    .update(workers)
    .set({ clashedAt: sql`clock_timestamp()`, clashedWith: `${worker.host}, process ${worker.pid}` })
    .where(eq(workers.id, worker.id));
  await notify(ctx, "worker", worker.id);
}
