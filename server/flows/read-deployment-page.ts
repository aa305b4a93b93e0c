import { actLabel, cancelLabel, shortSha } from "#server/domain/act-labels.ts";
import { canaryRefusal, cancelRefusal, keepsRelease } from "#server/domain/deployment.ts";
import type { DeploymentDetail } from "#server/domain/read-models.ts";
import { isScheduledLater } from "#server/domain/schedule.ts";
import type { Context } from "#server/kernel/context.ts";
import { type Deployment, getDeployment } from "#server/services/deployments/get-deployment.ts";
import { findLocks } from "#server/services/deployments/read-migrations.ts";
import { hasReview } from "#server/services/health/read-review.ts";
import { findFixedIncident } from "#server/services/incidents/note-attempt.ts";
import { environmentOf, getService, type Service } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import type { Installation } from "./installation.ts";
import { action, deployRefusal, keepingActions, promoteInto, switchBackOf } from "./next-actions.ts";
import { readQueuePlace } from "./read-queue-place.ts";
import { readReleaseTarget } from "./read-release-target.ts";
import { serviceLinks } from "./service-links.ts";

/** NotFoundError where there is no deployment of this id. */
export async function readDeploymentPage(
  ctx: Context,
  id: number,
  installation: Installation,
): Promise<DeploymentDetail> {
  const deployment = await getDeployment(ctx, id);
  const service = await getService(ctx, deployment.serviceSlug);
  const traffic = await readTraffic(ctx, deployment.serviceEnvironmentId);
  const ids = service.environments.map((environment) => environment.serviceEnvironmentId);
  const live = await readLiveReleases(ctx, ids);
  const liveHere = live.get(deployment.serviceEnvironmentId) ?? null;
  const place = await readQueuePlace(ctx, deployment);
  const { serviceId, release, environmentSlug } = deployment;
  return {
    ...deployment,
    target:
      release === null
        ? (liveHere?.target ?? "process")
        : await readReleaseTarget(ctx, { serviceId, releaseId: release.id, environmentSlug }),
    ...traffic,
    locks: await findLocks(ctx, deployment.id),
    log: { ...deployment.log, keptDays: installation.keepLogsDays },
    hasReview: await hasReview(ctx, deployment.id),
    fixesIncidentId: await findFixedIncident(ctx, deployment.id),
    isLive: deployment.release !== null && deployment.release.id === liveHere?.id,
    ahead: place?.ahead ?? null,
    waitingFor: place?.waitingFor ?? null,
    waitsUpToMs: place?.waitsUpToMs ?? null,
    links: serviceLinks(deployment.serviceSlug, deployment.environmentSlug, installation),
    actions: await actionsOf(ctx, { deployment, service, live, pools: traffic.pools }),
  };
}

async function actionsOf(
  ctx: Context,
  facts: {
    deployment: Deployment;
    service: Service;
    live: Awaited<ReturnType<typeof readLiveReleases>>;
    pools: DeploymentDetail["pools"];
  },
): Promise<DeploymentDetail["actions"]> {
  const { deployment, service, live, pools } = facts;
  const refusal = deployRefusal(ctx, service);
  const here = environmentOf(service, deployment.environmentSlug);
  const next = service.environments[service.environments.indexOf(here) + 1];
  const liveHere = live.get(here.serviceEnvironmentId) ?? null;
  const { kind, sha, environmentSlug, releaseNumber } = deployment;
  return {
    cancel: action(
      cancelLabel(deployment.kind, environmentSlug),
      refusal ?? cancelRefusal(asDates(deployment)),
    ),
    canary: refusal ?? canaryRefusal(asDates(deployment)),
    startNow: isScheduledLater(deployment)
      ? action(`${actLabel(kind, { sha, releaseNumber, environmentSlug })} now`, refusal)
      : null,
    promote: next === undefined ? null : promoteInto(next, here, live, refusal),
    switchBack: await switchBackOf(
      ctx,
      { ...here, serviceId: service.id },
      { live: liveHere, pools },
      refusal,
    ),
    again: keepsRelease(deployment.kind)
      ? null
      : { ...action(`Deploy ${shortSha(sha)} to ${environmentSlug} again`, refusal), sha },
    restart: deployment.kind === "restart" ? keepingActions(here, liveHere, refusal).restart : null,
  };
}

function asDates({ status, switchedAt, cancelRequestedAt, canaryEndsAt }: Deployment) {
  const date = (moment: string | null) => (moment === null ? null : new Date(moment));
  return {
    status,
    switchedAt: date(switchedAt),
    cancelRequestedAt: date(cancelRequestedAt),
    canaryEndsAt: date(canaryEndsAt),
  };
}
