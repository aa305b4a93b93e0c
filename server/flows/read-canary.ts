import type { CanaryView } from "#server/domain/read-models.ts";
import { noSide } from "#server/domain/shares.ts";
import type { Context } from "#server/kernel/context.ts";
import { type Deployment, getDeployment } from "#server/services/deployments/get-deployment.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import { readSides } from "#server/services/telemetry/read-sides.ts";

/** How the two releases do beside each other while a deployment's has a share; null while it has none. NotFoundError. */
export async function readCanary(ctx: Context, deploymentId: number): Promise<CanaryView | null> {
  return readCanaryOf(ctx, await getDeployment(ctx, deploymentId));
}

export async function readCanaryOf(ctx: Context, deployment: Deployment): Promise<CanaryView | null> {
  const { serviceEnvironmentId, status, switchedAt, canaryEndsAt, pool } = deployment;
  if (status !== "running" || switchedAt !== null || canaryEndsAt === null || pool === null) return null;
  const { shared, livePool, pools } = await readTraffic(ctx, serviceEnvironmentId);
  if (shared?.pool !== pool) return null;
  const begun = deployment.steps.find(({ name }) => name === "switch")?.startedAt;
  const since = new Date(begun ?? deployment.requestedAt);
  const sides = await readSides(ctx, { serviceEnvironmentId, since });
  const side = (color: typeof livePool) => {
    const release = pools.find((one) => one.color === color)?.release ?? null;
    return {
      releaseNumber: release?.number ?? null,
      ...(release === null ? noSide : (sides.get(release.id) ?? noSide)),
    };
  };
  const { share, sticky } = shared;
  return { share, sticky, endsAt: canaryEndsAt, candidate: side(pool), live: side(livePool) };
}
