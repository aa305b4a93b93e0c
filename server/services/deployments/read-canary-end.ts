import { eq, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";

/** For how many more milliseconds its release takes only a share, by the database's clock; never negative. */
export async function readCanaryEnd(ctx: Pick<Context, "db">, deploymentId: number): Promise<number> {
  const [row] = await ctx.db
    .select({
      leftMs: sql<number>`greatest(0, extract(epoch from ${deployments.canaryEndsAt} - clock_timestamp()) * 1000)::float8`,
    })
    .from(deployments)
    .where(eq(deployments.id, deploymentId));
  return row?.leftMs ?? 0;
}
