import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { serviceEnvironments } from "#db/schema/services.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { selectBriefs, toBrief } from "./brief.ts";

/** The latest deployment of each service environment that succeeded or failed, by service environment. */
export async function listLatest(
  ctx: Context,
  serviceEnvironmentIds?: number[],
): Promise<Map<number, DeploymentBrief>> {
  const latest = ctx.db
    .select({ id: deployments.id })
    .from(deployments)
    .where(
      and(
        eq(deployments.serviceEnvironmentId, serviceEnvironments.id),
        inArray(deployments.status, ["succeeded", "failed"]),
      ),
    )
    .orderBy(desc(deployments.finishedAt))
    .limit(1)
    .as("latest");
  const ids = await ctx.db
    .select({ id: latest.id })
    .from(serviceEnvironments)
    .innerJoinLateral(latest, sql`true`)
    .where(
      serviceEnvironmentIds === undefined
        ? undefined
        : inArray(serviceEnvironments.id, serviceEnvironmentIds),
    );
  if (ids.length === 0) return new Map();
  const chosen = ids.map((row) => row.id);
  const rows = await selectBriefs(ctx).where(inArray(deployments.id, chosen));
  return new Map(rows.map((row) => [row.deployment.serviceEnvironmentId, toBrief(row)]));
}
