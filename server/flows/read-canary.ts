import type { CanaryView } from "#server/domain/read-models.ts";
import { noSide } from "#server/domain/shares.ts";
import type { Context } from "#server/kernel/context.ts";
import { type Deployment, getDeployment } from "#server/services/deployments/get-deployment.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import { readSides } from "#server/services/telemetry/read-sides.ts";
import type { Followable } from "./follow-releases.ts";

/** A release that has a share of the requests beside the live one. */
export interface Canary {
  deploymentId: number;
  serviceEnvironmentId: number;
  share: number;
  sticky: CanaryView["sticky"];
  since: Date;
  endsAt: string;
  candidate: { id: number; number: number } | null;
  live: { id: number; number: number } | null;
}

/** How the two releases do beside each other while a deployment's has a share; null while it has none. NotFoundError. */
export async function readCanary(ctx: Context, deploymentId: number): Promise<CanaryView | null> {
  return readCanaryOf(ctx, await getDeployment(ctx, deploymentId));
}

export async function readCanaryOf(ctx: Context, deployment: Deployment): Promise<CanaryView | null> {
  const canary = await findCanary(ctx, deployment);
  if (canary === null) return null;
  const { serviceEnvironmentId, share, sticky, since, endsAt, candidate, live } = canary;
  const outcome = deployment.canaryOutcome;
  const sides = await readSides(ctx, { serviceEnvironmentId, since });
  const side = (release: Canary["live"]) => ({
    releaseNumber: release?.number ?? null,
    ...(release === null ? noSide : (sides.get(release.id) ?? noSide)),
  });
  return { share, sticky, endsAt, outcome, candidate: side(candidate), live: side(live) };
}

export async function findCanary(ctx: Context, deployment: Deployment): Promise<Canary | null> {
  const { id, serviceEnvironmentId, status, switchedAt, canaryEndsAt: endsAt, pool } = deployment;
  if (status !== "running" || switchedAt !== null || endsAt === null || pool === null) return null;
  const { shared, livePool, pools } = await readTraffic(ctx, serviceEnvironmentId);
  if (shared?.pool !== pool) return null;
  const begun = deployment.steps.find(({ name }) => name === "switch")?.startedAt;
  const releaseOf = (color: typeof livePool) => pools.find((one) => one.color === color)?.release ?? null;
  return {
    ...{ deploymentId: id, serviceEnvironmentId, endsAt },
    ...{ share: shared.share, sticky: shared.sticky },
    since: new Date(begun ?? deployment.requestedAt),
    candidate: releaseOf(pool),
    live: releaseOf(livePool),
  };
}

/** Null where there are no two releases. What is drawn for by share is counted by the router. */
export function followableOf(canary: Canary): Followable | null {
  const { deploymentId, serviceEnvironmentId, candidate, live, since, endsAt } = canary;
  if (candidate === null || live === null || candidate.id === live.id) return null;
  return {
    ...{ deploymentId, serviceEnvironmentId, releaseId: candidate.id, previousReleaseId: live.id },
    ...{ openedAt: since, watchUntil: new Date(endsAt), source: "router" },
  };
}
