import { and, desc, eq } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { DeploymentStatus } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";

/** The last deployment of a commit in a service environment, whatever came of it; null where there was none. */
export async function findLastOfCommit(
  ctx: Context,
  input: { serviceEnvironmentId: number; sha: string },
): Promise<{ id: number; status: DeploymentStatus } | null> {
  const [last] = await ctx.db
    .select({ id: deployments.id, status: deployments.status })
    .from(deployments)
    .where(
      and(eq(deployments.serviceEnvironmentId, input.serviceEnvironmentId), eq(deployments.sha, input.sha)),
    )
    .orderBy(desc(deployments.id))
    .limit(1);
  return last ?? null;
}
