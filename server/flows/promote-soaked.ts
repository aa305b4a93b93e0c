import {
  type AutomationStep,
  continuousDelivery,
  decidePromotion,
  notPromoted,
  type PromotionFacts,
  worseNote,
} from "#server/domain/automation.ts";
import type { LiveRelease } from "#server/domain/read-models.ts";
import { watchMinutes } from "#server/domain/review.ts";
import type { Context } from "#server/kernel/context.ts";
import { findLastOfCommit } from "#server/services/deployments/find-last-of-commit.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { readSoak } from "#server/services/deployments/read-soak.ts";
import { wasFoundWorse } from "#server/services/health/find-worse.ts";
import { listServiceEnvironments, type ServicePlace } from "#server/services/services/list-services.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { actOnLook, bySystem, type Look } from "./ask-by-itself.ts";
import { lookOnce } from "./follow-releases.ts";
import type { Installation } from "./installation.ts";
import { whatSpeaksAgainst } from "./what-speaks-against.ts";

/** Promotes what has been good for long enough one environment before, wherever that is set. */
export async function promoteSoaked(ctx: Context, installation: Installation): Promise<void> {
  const places = await listServiceEnvironments(ctx);
  for (const place of places) await promoteInto(ctx, place, places, installation);
}

/** The same for one service environment of those given. */
export async function promoteInto(
  ctx: Context,
  place: ServicePlace,
  places: readonly ServicePlace[],
  installation: Installation,
): Promise<void> {
  const { promotesAfterMinutes: minutesWanted, pausedAt } = place.automation;
  const before = placeBefore(place, places);
  if (minutesWanted === null || pausedAt !== null || before === null) return;
  const asItself = bySystem(ctx, continuousDelivery);
  await actOnLook(asItself, place, () => look(asItself, { place, before, minutesWanted }), installation);
}

/** They are listed by service, and within it in order. */
function placeBefore(place: ServicePlace, places: readonly ServicePlace[]): ServicePlace | null {
  const before = places[places.indexOf(place) - 1];
  return before?.serviceId === place.serviceId ? before : null;
}

async function look(
  ctx: Context,
  { place, before, minutesWanted }: { place: ServicePlace; before: ServicePlace; minutesWanted: number },
): Promise<Look | AutomationStep> {
  const { serviceEnvironmentId, serviceSlug, environmentSlug } = place;
  const ids = [before.serviceEnvironmentId, serviceEnvironmentId];
  const live = await readLiveReleases(ctx, ids);
  const release = live.get(before.serviceEnvironmentId);
  const nameBefore = before.environmentName;
  if (release === undefined) {
    return decidePromotion({ nameBefore, minutesWanted, candidate: null, liveNumber: null, tried: null });
  }
  const here = live.get(serviceEnvironmentId);
  if (here !== undefined && (await wasFoundWorse(ctx, { serviceEnvironmentId, releaseId: here.id }))) {
    return worseNote(here.number);
  }
  const { sha, number } = release;
  const step = decidePromotion({
    nameBefore,
    minutesWanted,
    candidate: await candidateOf(ctx, before, release),
    liveNumber: here?.number ?? null,
    tried: await findLastOfCommit(ctx, { serviceEnvironmentId, sha }),
  });
  if (step.ask && (await looksWorse(ctx, before, release))) return notPromoted(number, nameBefore);
  const wish = { serviceSlug, environmentSlug, kind: "promote", sha, releaseNumber: number } as const;
  return { step, wish, name: `#${number}` };
}

/** Whether it does noticeably worse in the environment before than what was live there: looked at where all else is met. */
async function looksWorse(
  ctx: Context,
  { serviceEnvironmentId }: ServicePlace,
  { id: releaseId, deploymentId }: LiveRelease,
): Promise<boolean> {
  if (deploymentId === null) return false;
  const { switchedAt, previousRelease } = await getDeployment(ctx, deploymentId);
  if (switchedAt === null || previousRelease === null || previousRelease.id === releaseId) return false;
  const openedAt = new Date(switchedAt);
  const outcome = await lookOnce(ctx, {
    ...{ deploymentId, serviceEnvironmentId, releaseId, previousReleaseId: previousRelease.id, openedAt },
    watchUntil: new Date(openedAt.getTime() + watchMinutes * 60_000),
    source: null,
  });
  return outcome?.answer === "worse" && outcome.isNoticeable;
}

async function candidateOf(
  ctx: Context,
  { serviceEnvironmentId, environmentName }: ServicePlace,
  release: LiveRelease,
): Promise<PromotionFacts["candidate"]> {
  const soak = release.deploymentId === null ? null : await readSoak(ctx, release.deploymentId);
  return {
    number: release.number,
    status: soak?.status ?? "failed",
    hasVerified: soak?.hasVerified ?? false,
    goodForMinutes: soak?.minutesSinceSwitch ?? 0,
    against: await whatSpeaksAgainst(ctx, { serviceEnvironmentId, environmentName, release }),
  };
}
