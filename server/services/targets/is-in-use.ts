import { and, eq, ne } from "drizzle-orm";
import { instances, pools } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";

/** Whether a release stands in any pool, or an instance of it has not ended yet. */
export async function isInUse(ctx: Context, releaseId: number): Promise<boolean> {
  const [pooled, running] = await Promise.all([
    ctx.db.select({ color: pools.color }).from(pools).where(eq(pools.releaseId, releaseId)).limit(1),
    ctx.db
      .select({ id: instances.id })
      .from(instances)
      .where(and(eq(instances.releaseId, releaseId), ne(instances.status, "ended")))
      .limit(1),
  ]);
  return pooled.length + running.length > 0;
}
