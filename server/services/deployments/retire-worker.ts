import { sql } from "drizzle-orm";
import { workers } from "#db/schema/workers.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { isLife } from "./heartbeat-worker.ts";
import type { WorkerLife } from "./register-worker.ts";

/** The worker ended in order. Its row stays: its instances may go on without it. */
export async function retireWorker(ctx: Context, life: WorkerLife): Promise<void> {
  await ctx.db.update(workers).set({ stoppedAt: sql`clock_timestamp()` }).where(isLife(life));
  await notify(ctx, "worker", life.id);
}
