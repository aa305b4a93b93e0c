import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { instanceOutput, instances } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";

export interface WatchedInstance {
  id: number;
  outputFile: string;
}

/** A worker's instances whose output somebody looks at. Of others nothing stays in the database. */
export async function listWatched(ctx: Context, workerId: number): Promise<WatchedInstance[]> {
  const isWatched = gt(instances.outputWatchedUntil, sql`clock_timestamp()`);
  const own = ctx.db.select({ id: instances.id }).from(instances).where(eq(instances.workerId, workerId));
  const stillWatched = ctx.db.select({ id: instances.id }).from(instances).where(isWatched);
  await ctx.db
    .delete(instanceOutput)
    .where(
      and(
        inArray(instanceOutput.instanceId, own),
        sql`${instanceOutput.instanceId} not in (${stillWatched.getSQL()})`,
      ),
    );
  return ctx.db
    .select({ id: instances.id, outputFile: instances.outputFile })
    .from(instances)
    .where(and(eq(instances.workerId, workerId), isWatched));
}
