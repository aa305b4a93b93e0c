import { deploymentBatches } from "#db/schema/insights.ts";
import type { Context } from "#server/kernel/context.ts";

/** Remembers how much a deployment brought; null where nobody can tell. What is known of it already stays. */
export async function recordBatch(
  ctx: Context,
  deployment: { deploymentId: number; serviceEnvironmentId: number; switchedAt: Date },
  batch: { commits: number; linesChanged: number; committedAt: Date[] } | null,
): Promise<void> {
  const { deploymentId, serviceEnvironmentId, switchedAt } = deployment;
  await ctx.db
    .insert(deploymentBatches)
    .values({ deploymentId, serviceEnvironmentId, switchedAt, ...batch })
    .onConflictDoNothing();
}
