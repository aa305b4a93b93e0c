import { sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";

/** Deployments asked for in the last 24 hours. */
export async function countRecent(ctx: Context): Promise<{ all: number; failed: number }> {
  const [row] = await ctx.db
    .select({
      all: sql<number>`count(*)::int`,
      failed: sql<number>`count(*) filter (where ${deployments.status} = 'failed')::int`,
    })
    .from(deployments)
    .where(sql`${deployments.requestedAt} > now() - interval '24 hours'`);
  return row ?? { all: 0, failed: 0 };
}
