import type { DeploymentBrief, LiveRelease, MatrixCell, Overview } from "#server/domain/read-models.ts";
import { isScheduledLater } from "#server/domain/schedule.ts";
import type { Waiting } from "#server/domain/waiting.ts";
import type { Context } from "#server/kernel/context.ts";
import { countRecent } from "#server/services/deployments/count-recent.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { listLatest } from "#server/services/deployments/list-latest.ts";
import { listMissingNotes } from "#server/services/feed/list-missing-notes.ts";
import { listUsualCommits } from "#server/services/insights/list-usual-commits.ts";
import { listCalmTeams } from "#server/services/insights/read-calm.ts";
import type { CountedWaiting } from "#server/services/services/get-service.ts";
import { listEnvironments } from "#server/services/services/list-environments.ts";
import { listServiceEnvironments, listServices } from "#server/services/services/list-services.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import type { Installation } from "./installation.ts";
import { serviceLinks } from "./service-links.ts";

/** What runs where, what is on its way, and what waits: the whole matrix in a fixed number of queries. */
export async function readOverview(ctx: Context, installation: Installation): Promise<Overview> {
  const [environments, services, places, live, active, latest, recent, missingNotes] = await Promise.all([
    listEnvironments(ctx),
    listServices(ctx),
    listServiceEnvironments(ctx),
    readLiveReleases(ctx),
    listActive(ctx),
    listLatest(ctx),
    countRecent(ctx),
    listMissingNotes(ctx),
  ]);
  const [usual, calmTeams] = await Promise.all([listUsualCommits(ctx), listCalmTeams(ctx)]);
  const cellsOf = (serviceId: number) =>
    places
      .filter((place) => place.serviceId === serviceId)
      .map((place): MatrixCell => {
        const { serviceEnvironmentId, environmentSlug, serviceSlug } = place;
        const liveRelease = live.get(serviceEnvironmentId) ?? null;
        return {
          serviceEnvironmentId,
          environmentSlug,
          live: liveRelease,
          waitingCommits: waitingCommits(place, liveRelease),
          waiting: waitingIn(place, liveRelease, usual.get(serviceEnvironmentId)),
          running: firstOf(active, serviceEnvironmentId),
          lastFailed: failureOf(latest.get(serviceEnvironmentId)),
          links: serviceLinks(serviceSlug, environmentSlug, installation),
        };
      });
  return {
    environments,
    services: services.map(({ removalRequestedAt, ...service }) => ({
      ...service,
      isBeingRemoved: removalRequestedAt !== null,
      cells: cellsOf(service.id),
    })),
    deploymentsLast24Hours: recent.all,
    failedLast24Hours: recent.failed,
    missingNotes,
    calmTeams,
  };
}

/** Null where it was counted against what was live before: the next count is on its way. */
export function waitingCommits(
  place: { waiting: { commits: number; liveSha: string } | null },
  live: LiveRelease | null,
): number | null {
  if (place.waiting === null || live === null) return null;
  return place.waiting.liveSha === live.sha ? place.waiting.commits : null;
}

/** The same with how much that is; null where none waits. */
export function waitingIn(
  { waiting }: { waiting: CountedWaiting | null },
  live: LiveRelease | null,
  usualCommits: number | undefined,
): Waiting | null {
  if (waiting === null || (waitingCommits({ waiting }, live) ?? 0) === 0) return null;
  const { commits, since, lines } = waiting;
  return { commits, since, lines, usualCommits: usualCommits ?? null };
}

/** The one that runs, else the one that waits longest, else the one whose time has still to come. */
function firstOf(active: DeploymentBrief[], serviceEnvironmentId: number): DeploymentBrief | null {
  const here = active.filter((deployment) => deployment.serviceEnvironmentId === serviceEnvironmentId);
  const running = here.find((deployment) => deployment.status === "running");
  return running ?? here.find((deployment) => !isScheduledLater(deployment)) ?? here[0] ?? null;
}

function failureOf(latest: DeploymentBrief | undefined): MatrixCell["lastFailed"] {
  if (latest?.status !== "failed") return null;
  const { id, failedStep, failureReason, finishedAt, requestedAt } = latest;
  return { deploymentId: id, failedStep, failureReason, finishedAt: finishedAt ?? requestedAt };
}
