import { and, desc, eq, isNotNull } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";

/** The id of the configuration with which this release was live here last; null where that was none. */
export async function findFormerConfiguration(
  ctx: Context,
  input: { serviceEnvironmentId: number; releaseId: number },
): Promise<number | null> {
  const [row] = await ctx.db
    .select({ configurationId: deployments.configurationId })
    .from(deployments)
    .where(
      and(
        eq(deployments.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(deployments.releaseId, input.releaseId),
        isNotNull(deployments.switchedAt),
      ),
    )
    .orderBy(desc(deployments.switchedAt))
    .limit(1);
  return row?.configurationId ?? null;
}
