import { and, eq, isNotNull } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { serviceEnvironments } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";

/** Whether a release has ever gone live, in any environment of its service. */
export async function hasServed(
  ctx: Context,
  { serviceId, release }: { serviceId: number; release: { id: number; sha: string } },
): Promise<boolean> {
  const rows = await ctx.db
    .select({ id: deployments.id })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .where(
      and(
        eq(serviceEnvironments.serviceId, serviceId),
        // Found by its index; of one commit there are few.
        eq(deployments.sha, release.sha),
        eq(deployments.releaseId, release.id),
        isNotNull(deployments.switchedAt),
      ),
    )
    .limit(1);
  return rows.length > 0;
}
