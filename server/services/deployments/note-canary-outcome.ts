import { and, eq, isNull } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { WatchOutcome } from "#server/domain/release-watch.ts";
import type { Context } from "#server/kernel/context.ts";

/** Writes down how a release does under its share, while it has one. */
export async function noteCanaryOutcome(
  ctx: Pick<Context, "db">,
  deploymentId: number,
  canaryOutcome: WatchOutcome,
): Promise<void> {
  const { id, status, switchedAt } = deployments;
  await ctx.db
    .update(deployments)
    .set({ canaryOutcome })
    .where(and(eq(id, deploymentId), eq(status, "running"), isNull(switchedAt)));
}
