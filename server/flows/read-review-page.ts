import { type SeriesPoint, seriesOf } from "#server/domain/release-series.ts";
import type { Review } from "#server/domain/review.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";
import { getReviewKeys, readReview } from "#server/services/health/read-review.ts";
import { readBuckets } from "#server/services/telemetry/read-buckets.ts";
import { chooseReviewSource } from "./follow-releases.ts";

export interface ReviewPage {
  review: Review;
  /** Whose counts these are. */
  source: SignalSource;
  /** What each of the two served, half an hour before the switch and for as long as it is watched. */
  series: { ofNew: SeriesPoint[]; ofOld: SeriesPoint[] };
}

const beforeMs = 30 * 60_000;
const stretchSeconds = 30;

/** The review of a deployment with what its charts show. NotFoundError where it is not watched. */
export async function readReviewPage(ctx: Context, deploymentId: number): Promise<ReviewPage> {
  const [review, keys] = [await readReview(ctx, deploymentId), await getReviewKeys(ctx, deploymentId)];
  const { serviceEnvironmentId } = keys;
  const [openedAt, watchUntil] = [new Date(review.openedAt), new Date(review.watchUntil)];
  const source =
    review.outcome?.source ?? (await chooseReviewSource(ctx, { serviceEnvironmentId, openedAt, watchUntil }));
  const buckets = await readBuckets(ctx, {
    ...{ serviceEnvironmentId, source, to: watchUntil },
    from: new Date(openedAt.getTime() - beforeMs),
  });
  // One begins with the switch: what was before does not stand in the same point as what came after.
  const stretches = {
    seconds: stretchSeconds,
    from: Math.floor(Date.parse(review.openedAt) / 1_000),
    until: ctx.now().getTime() / 1_000,
  };
  return {
    review,
    source,
    series: {
      ofNew: seriesOf(buckets, keys.releaseId, stretches),
      ofOld: seriesOf(buckets, keys.previousReleaseId, stretches),
    },
  };
}
