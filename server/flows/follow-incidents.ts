import { incidentTransitions } from "#server/domain/incident.ts";
import type { IncidentBrief } from "#server/domain/incident-views.ts";
import {
  affectedOf,
  isSteady,
  isWellSince,
  minutesOf,
  type ServedBucket,
  servedOf,
  sumOf,
  type UsualRange,
  usualRange,
} from "#server/domain/recovery.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { listSwitchedSince, type NamelessDeployment } from "#server/services/deployments/list-between.ts";
import { act } from "#server/services/incidents/act.ts";
import {
  type FollowedIncident,
  listFollowed,
  listOngoing,
} from "#server/services/incidents/list-incidents.ts";
import { noteCounts } from "#server/services/incidents/note-counts.ts";
import { chooseSource } from "#server/services/telemetry/choose-source.ts";
import { readBuckets } from "#server/services/telemetry/read-buckets.ts";
import { mitigationBy } from "./mitigation-by.ts";

const minuteMs = 60_000;
const pastMs = 30 * minuteMs;
/** By then every router that is alive has told of what it counted. */
const settledAfterMs = 5_000;
const lateMs = 20_000;
/** What a monitor that begins anew looks at in one round. */
const readAtOnceMs = 60 * minuteMs;
/** So long the newest are kept one by one. */
const keptSeconds = 15 * 60;
/** Whether users are well is seen by the newest of them. */
const soonSeconds = 30;

interface Followed {
  source: SignalSource;
  range: UsualRange | null;
  beganAt: Date;
  readTo: Date;
  /** The newest, one by one, and all that were before them as a sum. */
  newest: ServedBucket[];
  before: { requests: number; bad: number };
}

export interface FollowSettings {
  steadySeconds: number;
  /** Whether its instances still are not well. */
  isTroubled(serviceEnvironmentId: number): boolean;
}

/**
 * Follows every incident that goes on, from one call to the next: how many felt it, what took the effect from users, and when
 * all is as before. Several monitors may do so, and come to the same.
 */
export class FollowIncidents {
  private readonly settings: FollowSettings;
  private readonly followed = new Map<number, Followed>();

  constructor(settings: FollowSettings) {
    this.settings = settings;
  }

  async round(ctx: Context): Promise<void> {
    const [incidents, known] = [await listOngoing(ctx), await listFollowed(ctx)];
    for (const id of this.followed.keys()) if (!known.has(id)) this.followed.delete(id);
    for (const incident of incidents) {
      const details = known.get(incident.id);
      if (details !== undefined) await this.follow(ctx, incident, details);
    }
  }

  private async follow(ctx: Context, incident: IncidentBrief, details: FollowedIncident): Promise<void> {
    const followed = this.followed.get(incident.id) ?? (await begin(ctx, incident, details));
    this.followed.set(incident.id, followed);
    await readOn(ctx, incident, details, followed);
    await noteCounts(ctx, { incidentId: incident.id, ...countsUntil(followed, Number.POSITIVE_INFINITY) });
    const fix = await findFix(ctx, incident, details);
    // Another monitor may have been faster, or a person.
    await this.lead(ctx, incident, followed, fix).catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
    });
  }

  private async lead(
    ctx: Context,
    incident: IncidentBrief,
    followed: Followed,
    fix: NamelessDeployment | null,
  ): Promise<void> {
    if (this.settings.isTroubled(incident.serviceEnvironmentId)) return;
    const { newest, range } = followed;
    const { steadySeconds } = this.settings;
    const until = followed.readTo.getTime() / 1_000;
    const steadySince = until - steadySeconds;
    const mitigation = mitigationBy(fix, steadySince);
    // A fix that is not live for the whole of the time has not shown yet what it is worth.
    const isTried = fix?.switchedAt == null || fix.switchedAt.getTime() <= steadySince * 1_000;
    if (
      isTried &&
      Date.parse(incident.beganAt) <= steadySince * 1_000 &&
      isSteady(newest, range, { until, steadySeconds })
    ) {
      const at = new Date(Math.max(steadySince * 1_000, mitigation.at.getTime()));
      const counts = countsUntil(followed, at.getTime() / 1_000);
      await act(ctx, {
        ...{ incidentId: incident.id, act: "recover", source: "rate", at, mitigation, counts },
        text: `The rate has been within its range from before for ${steadySeconds} s.`,
      });
      return;
    }
    const isWell = isWellSince(newest, sinceOf(fix, until), range);
    if (isWell === true && fix !== null && incidentTransitions.mitigate.from.includes(incident.state)) {
      await act(ctx, { incidentId: incident.id, act: "mitigate", mitigation, at: mitigation.at });
    }
    if (isWell === false && incident.state === "mitigated") {
      await act(ctx, { incidentId: incident.id, act: "reopen", text: "The rate left its range again." });
    }
  }
}

function sinceOf(fix: NamelessDeployment | null, until: number): number {
  const switched = fix?.switchedAt == null ? 0 : Math.ceil(fix.switchedAt.getTime() / 1_000);
  return Math.max(until - soonSeconds, switched);
}

/** With what was usual before it began. */
async function begin(ctx: Context, incident: IncidentBrief, details: FollowedIncident): Promise<Followed> {
  const began = Date.parse(incident.beganAt);
  const { serviceEnvironmentId } = incident;
  const [from, to] = [new Date(began - pastMs), new Date(began)];
  const source = await chooseSource(ctx, { serviceEnvironmentId, from, to: ctx.now() });
  const past = await readBuckets(ctx, { serviceEnvironmentId, source, from, to });
  const beganAt = new Date(began - (began % 1_000));
  return {
    ...{ source, beganAt, readTo: beganAt },
    range: usualRange(minutesOf(servedOf(past, details.slowerThanMs))),
    newest: [],
    before: { requests: 0, bad: 0 },
  };
}

/** Adds what was counted since the last look, each bucket once. */
async function readOn(
  ctx: Context,
  { serviceEnvironmentId }: IncidentBrief,
  { slowerThanMs }: FollowedIncident,
  followed: Followed,
): Promise<void> {
  const settled = ctx.now().getTime() - settledAfterMs;
  const to = new Date(Math.min(settled - (settled % 1_000), followed.readTo.getTime() + readAtOnceMs));
  if (to <= followed.readTo) return;
  // Buckets of ten seconds come when they are over: the newest are read once more.
  const { source } = followed;
  const from = new Date(Math.max(followed.beganAt.getTime(), followed.readTo.getTime() - lateMs));
  const buckets = await readBuckets(ctx, { serviceEnvironmentId, source, from, to });
  const kept = to.getTime() / 1_000 - keptSeconds;
  const known = followed.newest.filter(({ at }) => at < from.getTime() / 1_000);
  const all = [...known, ...servedOf(buckets, slowerThanMs)];
  const [older, newest] = [all.filter(({ at }) => at < kept), all.filter(({ at }) => at >= kept)];
  followed.before = sumOf([followed.before, ...older]);
  followed.newest = newest;
  followed.readTo = to;
}

function countsUntil({ newest, before, range }: Followed, until: number) {
  const all = sumOf([before, ...newest.filter(({ at }) => at < until)]);
  return { requests: all.requests, affected: affectedOf(all, range) };
}

/** What brought another release since it began, last of all. */
async function findFix(
  ctx: Context,
  { serviceEnvironmentId, beganAt }: IncidentBrief,
  { releaseId, deploymentId }: FollowedIncident,
): Promise<NamelessDeployment | null> {
  const switched = await listSwitchedSince(ctx, { serviceEnvironmentId, since: new Date(beganAt) });
  const others = switched.filter((one) => one.id !== deploymentId && one.releaseId !== releaseId);
  return others.at(-1) ?? null;
}
