import { stepFor } from "#server/domain/count-steps.ts";
import { type ErrorChange, errorChange } from "#server/domain/error-change.ts";
import type { Moment } from "#server/domain/read-models.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";
import { getReviewKeys, readReview } from "#server/services/health/read-review.ts";
import { nameReleases } from "#server/services/pipeline/name-releases.ts";
import { chooseSource } from "#server/services/telemetry/choose-source.ts";
import { type ListedError, listErrorsOf } from "#server/services/telemetry/list-errors-of.ts";
import { readSeries } from "#server/services/telemetry/read-series.ts";
import type { Installation } from "./installation.ts";
import { findViewedRelease, type ReleaseView } from "./read-release-charts.ts";

/** One of two releases that are held against each other, and how often it told of an error. */
export interface ErrorFrequency {
  count: number;
  /** Of a thousand requests of the release; null where none were counted. */
  perThousand: number | null;
}

export interface ReleaseError
  extends Pick<
    ListedError,
    "id" | "isOther" | "type" | "message" | "culprit" | "firstSeenAt" | "lastSeenAt"
  > {
  change: ErrorChange;
  /** The release that told of it first; null where none is known. */
  firstReleaseNumber: number | null;
  ofNew: ErrorFrequency;
  /** Null where there was no release before. */
  ofOld: ErrorFrequency | null;
}

/** New ones first, then those that are more frequent, then the others. */
export interface ReleaseErrors {
  /** Who told of them; null where nobody told of any. */
  source: SignalSource | null;
  /** Whether this service environment ever told of one. */
  isTold: boolean;
  from: Moment;
  to: Moment;
  releaseNumber: number | null;
  previousNumber: number | null;
  errors: ReleaseError[];
  /** All that there are; the first hundred are told. */
  total: number;
}

/** Two releases in a service environment, over a range of time. */
export interface ComparedReleases {
  serviceEnvironmentId: number;
  releaseId: number;
  previousReleaseId: number | null;
  from: Date;
  to: Date;
}

const beforeMs = 30 * 60_000;

/** What the review of a deployment looks at: from half an hour before the switch on, as long as it is watched. NotFoundError. */
export async function findReviewed(ctx: Context, deploymentId: number): Promise<ComparedReleases> {
  const [review, keys] = [await readReview(ctx, deploymentId), await getReviewKeys(ctx, deploymentId)];
  return {
    ...keys,
    from: new Date(Date.parse(review.openedAt) - beforeMs),
    to: new Date(Math.min(Date.parse(review.watchUntil), ctx.now().getTime())),
  };
}

/** What was told of errors while a deployment is watched. NotFoundError where it is not. */
export async function readReviewErrors(
  ctx: Context,
  deploymentId: number,
  installation: Installation,
): Promise<ReleaseErrors> {
  return readErrors(ctx, await findReviewed(ctx, deploymentId), installation);
}

/** What a release told of errors in the time that is looked at. NotFoundError. */
export async function readReleaseErrors(
  ctx: Context,
  view: ReleaseView,
  installation: Installation,
): Promise<ReleaseErrors> {
  return readErrors(ctx, await findViewedRelease(ctx, view), installation);
}

export async function readErrors(
  ctx: Context,
  compared: ComparedReleases,
  installation: Installation,
): Promise<ReleaseErrors> {
  const { releaseId, previousReleaseId, from, to } = compared;
  const { source, errors, total, isTold } = await listErrorsOf(ctx, compared);
  const requests = errors.length === 0 ? new Map() : await countRequests(ctx, compared, installation);
  const ids = [releaseId, previousReleaseId ?? 0, ...errors.map(({ firstReleaseId }) => firstReleaseId)];
  const names = await nameReleases(ctx, ids);
  const numberOf = (id: number | null) => (id === null ? null : (names.get(id)?.number ?? null));
  const told = errors.map((error) => {
    const { ofNew, ofOld, firstReleaseId, sample: _, ...rest } = error;
    const frequencyOf = (count: number, id: number) => frequency(count, requests.get(id) ?? 0);
    return {
      ...rest,
      change: changeOf(error, compared, requests),
      firstReleaseNumber: numberOf(firstReleaseId),
      ofNew: frequencyOf(ofNew, releaseId),
      ofOld: previousReleaseId === null ? null : frequencyOf(ofOld, previousReleaseId),
    };
  });
  const order: ErrorChange[] = ["new", "grew", "as-before", "gone"];
  return {
    ...{ source, isTold, total },
    from: from.toISOString(),
    to: to.toISOString(),
    releaseNumber: numberOf(releaseId),
    previousNumber: numberOf(previousReleaseId),
    errors: told.sort((one, other) => order.indexOf(one.change) - order.indexOf(other.change)),
  };
}

/** What became of it, by how many requests each release had; by nothing but its being first where none were counted. */
export function changeOf(
  error: Pick<ListedError, "ofNew" | "ofOld" | "firstReleaseId">,
  { releaseId, previousReleaseId }: Pick<ComparedReleases, "releaseId" | "previousReleaseId">,
  requests: ReadonlyMap<number, number>,
): ErrorChange {
  return errorChange(
    { count: error.ofNew, exposure: requests.get(releaseId) ?? 0 },
    { count: error.ofOld, exposure: requests.get(previousReleaseId ?? 0) ?? 0 },
    error.firstReleaseId === releaseId,
  );
}

/** How many requests each of the two answered in this time, by its id. */
export async function countRequests(
  ctx: Context,
  { serviceEnvironmentId, releaseId, previousReleaseId, from, to }: ComparedReleases,
  installation: Installation,
): Promise<Map<number, number>> {
  const source = await chooseSource(ctx, { serviceEnvironmentId, from, to });
  const releaseIds = previousReleaseId === null ? [releaseId] : [releaseId, previousReleaseId];
  const stepSeconds = stepFor({ from, to }, ctx.now(), installation.keepCountsDays);
  const series = await readSeries(
    ctx,
    { serviceEnvironmentId, source, releaseIds },
    { from, to, stepSeconds },
  );
  return new Map(
    [...series].map(([id, stretches]) => [id, stretches.reduce((sum, { requests }) => sum + requests, 0)]),
  );
}

function frequency(count: number, requests: number): ErrorFrequency {
  return { count, perThousand: requests === 0 ? null : (count / requests) * 1_000 };
}
