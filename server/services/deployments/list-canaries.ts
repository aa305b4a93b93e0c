import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";

/** Deployments whose release has a share of the requests, and that nobody is cancelling. */
export async function listCanaries(ctx: Pick<Context, "db">): Promise<number[]> {
  const { id, status, canaryEndsAt, switchedAt, cancelRequestedAt } = deployments;
  const rows = await ctx.db
    .select({ id })
    .from(deployments)
    .where(and(eq(status, "running"), isNotNull(canaryEndsAt), isNull(switchedAt), isNull(cancelRequestedAt)))
    .orderBy(id);
  return rows.map((row) => row.id);
}
