import { grainOf, stepFor } from "#server/domain/count-steps.ts";
import type { Moment } from "#server/domain/read-models.ts";
import { type ReleaseRange, rangeOf, type TimeRange } from "#server/domain/release-range.ts";
import { numbersOf, pointOf, type SeriesPoint } from "#server/domain/release-series.ts";
import type { ReleaseNumbers } from "#server/domain/release-watch.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";
import { listStints, type Stint } from "#server/services/deployments/list-stints.ts";
import { listSwitches, type Switch } from "#server/services/deployments/list-switches.ts";
import { environmentOf } from "#server/services/services/get-service.ts";
import { chooseSource } from "#server/services/telemetry/choose-source.ts";
import { readRouteSums } from "#server/services/telemetry/read-route-sums.ts";
import { readSeries } from "#server/services/telemetry/read-series.ts";
import type { CountedPlace } from "#server/services/telemetry/sums-between.ts";
import type { Installation } from "./installation.ts";
import { findNamedRelease, type NamedRelease } from "./read-release-page.ts";

export interface ReleaseView extends NamedRelease {
  environmentSlug: string;
  /** The deployment that brought it there; the latest where it is left out. */
  deploymentId?: number | undefined;
  /** Named, or by its ends in seconds of Unix time. */
  range: ReleaseRange | { from: number; to: number };
}

export interface ReleaseCharts {
  /** Who counted all of it. */
  source: SignalSource;
  from: Moment;
  to: Moment;
  /** Each point stands for so many seconds, counted from `from` on. */
  stepSeconds: number;
  /** When the release got the traffic, and when it lost it: null where it did not. */
  switchedAt: Moment | null;
  endedAt: Moment | null;
  /** The release that it is held against; null where nothing was before. */
  previousNumber: number | null;
  ofNew: SeriesPoint[];
  ofOld: SeriesPoint[];
  /** The release before after its own switch, as if that had been at the same time as this one's. */
  ofOldAligned: SeriesPoint[];
  /** The switches of this service environment in this time. */
  switches: Switch[];
}

export interface SlowRoute {
  route: string;
  ofNew: ReleaseNumbers;
  /** Null where the release before did not serve it in this time. */
  ofOld: ReleaseNumbers | null;
}

const mostRoutesShown = 20;

/** What a release served in an environment, and the one before it, over a range of time. NotFoundError. */
export async function readReleaseCharts(
  ctx: Context,
  view: ReleaseView,
  installation: Pick<Installation, "keepCountsDays">,
): Promise<ReleaseCharts> {
  const { place, stint, range, releaseId } = await findPlace(ctx, view);
  const stepSeconds = stepFor(range, ctx.now(), installation.keepCountsDays);
  const { serviceEnvironmentId } = place;
  const shown = aligned(range, { stepSeconds, stint, now: ctx.now() });
  const [series, ofOldAligned, switches] = await Promise.all([
    readSeries(ctx, place, { ...shown, stepSeconds }),
    readAligned(ctx, place, { ...shown, stepSeconds, stint }),
    listSwitches(ctx, { serviceEnvironmentId, ...shown }),
  ]);
  const pointsOf = (id: number | undefined) => (id === undefined ? [] : (series.get(id) ?? []).map(pointOf));
  return {
    source: place.source,
    from: shown.from.toISOString(),
    to: shown.to.toISOString(),
    stepSeconds,
    switchedAt: stint?.from ?? null,
    endedAt: stint?.to ?? null,
    previousNumber: stint?.previous?.number ?? null,
    ofNew: pointsOf(releaseId),
    ofOld: pointsOf(stint?.previous?.id),
    ofOldAligned,
    switches,
  };
}

/** Its slowest routes over the same range, by p95, each beside what the release before made of it. NotFoundError. */
export async function readReleaseRoutes(ctx: Context, view: ReleaseView): Promise<SlowRoute[]> {
  const { place, stint, range, releaseId } = await findPlace(ctx, view);
  const sums = await readRouteSums(ctx, place, range);
  const before = new Map(
    sums.filter((sum) => sum.releaseId === stint?.previous?.id).map((sum) => [sum.route, numbersOf(sum)]),
  );
  return sums
    .filter((sum) => sum.releaseId === releaseId)
    .map((sum) => ({ route: sum.route, ofNew: numbersOf(sum), ofOld: before.get(sum.route) ?? null }))
    .sort((one, other) => (other.ofNew.p95Ms ?? 0) - (one.ofNew.p95Ms ?? 0))
    .slice(0, mostRoutesShown);
}

async function findPlace(
  ctx: Context,
  view: ReleaseView,
): Promise<{ place: CountedPlace; stint: Stint | null; range: TimeRange; releaseId: number }> {
  const { service, release } = await findNamedRelease(ctx, view);
  const { serviceEnvironmentId } = environmentOf(service, view.environmentSlug);
  const stints = await listStints(ctx, release, [serviceEnvironmentId]);
  const stint = stints.find(({ deploymentId }) => deploymentId === view.deploymentId) ?? stints[0] ?? null;
  const live = stint && { from: new Date(stint.from), to: stint.to === null ? null : new Date(stint.to) };
  const range =
    typeof view.range === "string"
      ? rangeOf(view.range, live, ctx.now())
      : { from: new Date(view.range.from * 1_000), to: new Date(view.range.to * 1_000) };
  const source = await chooseSource(ctx, { serviceEnvironmentId, ...range });
  const releaseIds = [release.id, ...(stint?.previous ? [stint.previous.id] : [])];
  return { place: { serviceEnvironmentId, source, releaseIds }, stint, range, releaseId: release.id };
}

async function readAligned(
  ctx: Context,
  place: CountedPlace,
  { from, to, stepSeconds, stint }: TimeRange & { stepSeconds: number; stint: Stint | null },
): Promise<SeriesPoint[]> {
  if (stint === null || stint.previous === null || stint.previous.from === null) return [];
  const { previous } = stint;
  const unitMs = unitsMs[grainOf(stepSeconds)];
  const apartMs = Math.floor((Date.parse(stint.from) - Date.parse(stint.previous.from)) / unitMs) * unitMs;
  const then = (moment: Date) => new Date(moment.getTime() - apartMs);
  const range = { from: then(from), to: then(to), stepSeconds };
  const series = await readSeries(ctx, { ...place, releaseIds: [previous.id] }, range);
  return (series.get(previous.id) ?? []).map((stretch) =>
    pointOf({ ...stretch, beginsAt: stretch.beginsAt + apartMs / 1_000 }),
  );
}

const unitsMs = { counts: 10_000, minutes: 60_000, hours: 3_600_000 };

/** What is looked at of a release and of the one before it, in an environment and a range of time. NotFoundError. */
export async function findViewedRelease(ctx: Context, view: ReleaseView) {
  const { place, stint, range, releaseId } = await findPlace(ctx, view);
  const { serviceEnvironmentId } = place;
  return { serviceEnvironmentId, releaseId, previousReleaseId: stint?.previous?.id ?? null, ...range };
}

/** Whole steps, one of which begins with the minute or hour of the switch: what came before it stands in another point. */
function aligned(
  { from, to }: TimeRange,
  { stepSeconds, stint, now }: { stepSeconds: number; stint: Stint | null; now: Date },
): TimeRange {
  const unitMs = unitsMs[grainOf(stepSeconds)];
  const origin = Math.floor((stint === null ? 0 : Date.parse(stint.from)) / unitMs) * unitMs;
  const stepMs = stepSeconds * 1_000;
  const begin = origin + Math.floor((from.getTime() - origin) / stepMs) * stepMs;
  const end = origin + Math.ceil((to.getTime() - origin) / stepMs) * stepMs;
  return { from: new Date(begin), to: new Date(Math.min(end, now.getTime())) };
}
