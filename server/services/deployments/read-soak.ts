import { and, eq, sql } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import type { DeploymentStatus } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";

export interface Soak {
  status: DeploymentStatus;
  /** Whether all went well that is asked of it at `verify`: nothing is where a command releases without a health command. */
  hasVerified: boolean;
  /** Since traffic switched to it, by database time. */
  minutesSinceSwitch: number;
}

/** How long a deployment that switched traffic has served, and how well it went; null where it did not switch. */
export async function readSoak(ctx: Context, deploymentId: number): Promise<Soak | null> {
  const [row] = await ctx.db
    .select({
      status: deployments.status,
      verify: steps.status,
      minutesSinceSwitch: sql<number | null>`
        (extract(epoch from clock_timestamp() - ${deployments.switchedAt}) / 60)::float8`,
    })
    .from(deployments)
    .leftJoin(steps, and(eq(steps.deploymentId, deployments.id), eq(steps.name, "verify")))
    .where(eq(deployments.id, deploymentId));
  if (row === undefined || row.minutesSinceSwitch === null) return null;
  const { status, verify, minutesSinceSwitch } = row;
  return { status, hasVerified: verify === "succeeded" || verify === "skipped", minutesSinceSwitch };
}
