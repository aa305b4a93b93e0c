import { type Badge, badgesOf, spottedBy } from "#server/domain/badges.ts";
import { isOngoing } from "#server/domain/incident.ts";
import type {
  IncidentBrief,
  IncidentEventView,
  NearbyDeployment,
  ThanksView,
  UsualTime,
} from "#server/domain/incident-views.ts";
import type { Expectation, SwitchBackAction } from "#server/domain/read-models.ts";
import { type SeriesPoint, seriesOf } from "#server/domain/release-series.ts";
import { draftWriteUp, type WriteUp } from "#server/domain/write-up.ts";
import type { Context } from "#server/kernel/context.ts";
import { expectDuration } from "#server/services/deployments/expect-duration.ts";
import { listDeploymentsSince, type NamelessDeployment } from "#server/services/deployments/list-between.ts";
import { getIncident } from "#server/services/incidents/list-incidents.ts";
import { cardsOf, readUsualTimes } from "#server/services/incidents/list-recoveries.ts";
import { listAttempts } from "#server/services/incidents/read-details.ts";
import { readWriteUp } from "#server/services/incidents/write-up.ts";
import { getService } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import { chooseSource } from "#server/services/telemetry/choose-source.ts";
import { readBuckets } from "#server/services/telemetry/read-buckets.ts";
import { deployRefusal, switchBackOf } from "./next-actions.ts";

export interface IncidentPage {
  incident: IncidentBrief;
  events: IncidentEventView[];
  deployments: NearbyDeployment[];
  /** Null once it is over. */
  ways: WaysOut | null;
  /** What was served, half an hour before it began and for as long as it lasts. */
  series: { before: SeriesPoint[]; since: SeriesPoint[] };
  writeUp: WriteUp | null;
  /** A first version, while there is none. */
  draft: Pick<WriteUp, "whatHappened" | "whatHelped" | "whatWeChange">;
  thanks: ThanksView[];
  badges: Badge[];
  /** The first person who said so, or looked. */
  spottedBy: string | null;
}

export interface WaysOut {
  /** Null where this team has no history of it. */
  usualRollForward: UsualTime | null;
  usualSwitchBack: UsualTime | null;
  /** How long a deployment takes here, build and all. */
  deployment: Expectation;
  switchBack: SwitchBackAction;
}

const minuteMs = 60_000;
const beforeMs = 30 * minuteMs;
const afterMs = 10 * minuteMs;
const mostMs = 12 * 60 * minuteMs;
const mostPoints = 180;
/** A deployment that was asked for a little earlier may be what it came with. */
const shortlyBeforeMs = 10 * minuteMs;

/** What users feel, and the fastest way out. NotFoundError where there is no incident of this number. */
export async function readIncidentPage(ctx: Context, incidentId: number): Promise<IncidentPage> {
  const incident = await getIncident(ctx, incidentId);
  const [cards, attempts, writeUp, series, ways] = await Promise.all([
    cardsOf(ctx, [incident]),
    listAttempts(ctx, incidentId),
    readWriteUp(ctx, incidentId),
    readSeries(ctx, incident),
    isOngoing(incident.state) ? readWaysOut(ctx, incident) : null,
  ]);
  const card = cards[0] ?? { incident, events: [], thanks: [], wroteUp: false, actions: { done: 0, all: 0 } };
  const { events, thanks } = card;
  const cause = incident.change === null ? [] : [incident.change.deploymentId];
  const deployments = await listDeploymentsSince(ctx, {
    serviceEnvironmentId: incident.serviceEnvironmentId,
    since: new Date(Date.parse(incident.beganAt) - shortlyBeforeMs),
    ids: [...attempts, ...cause],
  });
  return {
    ...{ incident, events, thanks, ways, series, writeUp },
    deployments: nearby(deployments, incident, attempts),
    draft: draftWriteUp(incident, events),
    badges: badgesOf(card),
    spottedBy: spottedBy(card),
  };
}

function nearby(
  deployments: NamelessDeployment[],
  { recoveredAt }: IncidentBrief,
  attempts: readonly number[],
): NearbyDeployment[] {
  const until = recoveredAt === null ? Number.POSITIVE_INFINITY : Date.parse(recoveredAt) + minuteMs;
  return deployments
    .filter(({ requestedAt }) => requestedAt.getTime() < until)
    .map(({ id, kind, status, releaseNumber, requestedAt, switchedAt, finishedAt }) => ({
      ...{ id, kind, status, releaseNumber, requestedAt: requestedAt.toISOString() },
      switchedAt: switchedAt?.toISOString() ?? null,
      finishedAt: finishedAt?.toISOString() ?? null,
      isAttempt: attempts.includes(id),
    }));
}

async function readWaysOut(ctx: Context, incident: IncidentBrief): Promise<WaysOut> {
  const { serviceSlug, serviceEnvironmentId, environmentSlug, environmentName, team } = incident;
  const service = await getService(ctx, serviceSlug);
  const place = {
    ...{ serviceId: service.id, serviceEnvironmentId, slug: environmentSlug, name: environmentName },
  };
  const [usual, live, traffic, expected] = await Promise.all([
    readUsualTimes(ctx, { team, serviceSlug }),
    readLiveReleases(ctx, [serviceEnvironmentId]),
    readTraffic(ctx, serviceEnvironmentId),
    expectDuration(ctx, { serviceEnvironmentId, kind: "roll-forward", makesArtifact: true }),
  ]);
  const state = { live: live.get(serviceEnvironmentId) ?? null, pools: traffic.pools };
  return {
    usualRollForward: usual.get("roll-forward") ?? null,
    usualSwitchBack: usual.get("switch-back") ?? null,
    deployment: expected.total,
    switchBack: await switchBackOf(ctx, place, state, deployRefusal(ctx, service)),
  };
}

async function readSeries(ctx: Context, incident: IncidentBrief): Promise<IncidentPage["series"]> {
  const { serviceEnvironmentId, recoveredAt } = incident;
  const beganAt = Math.floor(Date.parse(incident.beganAt) / 1_000) * 1_000;
  const ends = recoveredAt === null ? ctx.now().getTime() : Date.parse(recoveredAt) + afterMs;
  const to = Math.min(ends, ctx.now().getTime());
  const from = Math.max(beganAt - beforeMs, to - mostMs);
  const window = { serviceEnvironmentId, from: new Date(from), to: new Date(to) };
  const buckets = await readBuckets(ctx, { ...window, source: await chooseSource(ctx, window) });
  // Whichever release served them: that is what users feel.
  const all = buckets.map((bucket) => ({ ...bucket, releaseId: 0 }));
  const seconds = Math.max(30, Math.ceil((to - from) / 1_000 / mostPoints / 10) * 10);
  const points = seriesOf(all, 0, { seconds, from: beganAt / 1_000, until: to / 1_000 });
  return {
    before: points.filter(({ at }) => Date.parse(at) < beganAt),
    since: points.filter(({ at }) => Date.parse(at) >= beganAt),
  };
}
