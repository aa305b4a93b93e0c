import { type ReleaseBucket, ReleaseWatch } from "#server/domain/release-watch.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Answer } from "#server/domain/verdict.ts";
import type { Context } from "#server/kernel/context.ts";
import { listWatched, type WatchedReview } from "#server/services/health/list-watched.ts";
import { noteOutcome } from "#server/services/health/note-outcome.ts";
import { endReviews, openReviews } from "#server/services/health/open-reviews.ts";
import { chooseSource } from "#server/services/telemetry/choose-source.ts";
import { readBuckets } from "#server/services/telemetry/read-buckets.ts";

const minuteMs = 60_000;
const pastMinutes = 30;
const dayMs = 24 * 60 * minuteMs;
/** The same hours of these days before are looked at, too. */
const earlierDays = [1, 7];
/** By then every router that is alive has told of what it counted. */
const settledAfterMs = 5_000;
const noteEveryMs = 10_000;

interface Followed {
  watch: ReleaseWatch;
  source: SignalSource;
  /** Up to here everything was looked at. */
  readTo: Date;
  noted: { answer: Answer; at: number } | null;
}

/**
 * Follows every release that is watched, from one call to the next: each looks at what was counted since the last. Several
 * monitors may do so, and come to the same.
 */
export class WatchReleases {
  private readonly followed = new Map<number, Followed>();

  async round(ctx: Context): Promise<void> {
    await openReviews(ctx);
    const reviews = await listWatched(ctx);
    const open = new Set(reviews.map(({ deploymentId }) => deploymentId));
    for (const deploymentId of this.followed.keys()) {
      if (!open.has(deploymentId)) this.followed.delete(deploymentId);
    }
    for (const review of reviews) await this.follow(ctx, review);
    await endReviews(ctx);
  }

  private async follow(ctx: Context, review: WatchedReview): Promise<void> {
    const { deploymentId, serviceEnvironmentId, watchUntil } = review;
    // Once something was said from one source, all that is said is from it.
    const source = review.source ?? (await chooseReviewSource(ctx, review));
    const known = this.followed.get(deploymentId);
    const followed = known?.source === source ? known : await begin(ctx, review, source);
    this.followed.set(deploymentId, followed);
    const settled = ctx.now().getTime() - settledAfterMs;
    const to = new Date(Math.min(settled - (settled % 1_000), watchUntil.getTime()));
    if (to <= followed.readTo) return;
    const buckets = await readBuckets(ctx, { serviceEnvironmentId, source, from: followed.readTo, to });
    followed.readTo = to;
    for (const together of Map.groupBy(
      buckets,
      ({ beginsAt, seconds }) => `${beginsAt} ${seconds}`,
    ).values()) {
      followed.watch.add(together);
    }
    if (buckets.length === 0) return;
    const outcome = followed.watch.look();
    // An answer is told at once; how the numbers grow, now and then.
    const isNews = outcome.answer !== followed.noted?.answer;
    if (!isNews && to.getTime() < (followed.noted?.at ?? 0) + noteEveryMs) return;
    followed.noted = { answer: outcome.answer, at: to.getTime() };
    await noteOutcome(ctx, deploymentId, outcome);
  }
}

/** Whoever counted in the half hour before the switch, or since. */
export function chooseReviewSource(
  ctx: Context,
  review: Pick<WatchedReview, "serviceEnvironmentId" | "openedAt" | "watchUntil">,
): Promise<SignalSource> {
  const from = new Date(review.openedAt.getTime() - pastMinutes * minuteMs);
  const { serviceEnvironmentId, watchUntil } = review;
  return chooseSource(ctx, { serviceEnvironmentId, from, to: watchUntil });
}

/** With what was before the switch; a canary before it belongs to what is compared. */
async function begin(ctx: Context, review: WatchedReview, source: SignalSource): Promise<Followed> {
  const { serviceEnvironmentId, openedAt } = review;
  const switchedAt = openedAt.getTime();
  const within = (from: number, minutes: number) =>
    readBuckets(ctx, {
      serviceEnvironmentId,
      source,
      from: new Date(from),
      to: new Date(from + minutes * minuteMs),
    });
  const before = await within(switchedAt - pastMinutes * minuteMs, pastMinutes);
  // While a canary had its share both releases were served: that is no past, but the comparison itself.
  const isBeside = ({ byShare }: ReleaseBucket) => byShare;
  const firstBeside = before.find(isBeside)?.beginsAt ?? Number.POSITIVE_INFINITY;
  const past = before.filter(({ beginsAt }) => beginsAt < firstBeside);
  const earlier: ReleaseBucket[][] = [];
  for (const days of earlierDays) earlier.push(await within(switchedAt - days * dayMs, pastMinutes));
  const watch = new ReleaseWatch(
    {
      source,
      newReleaseId: review.releaseId,
      oldReleaseId: review.previousReleaseId,
      since: Math.min(switchedAt / 1_000, firstBeside),
    },
    past,
    earlier.filter((buckets) => buckets.length > 0),
  );
  const readTo = Number.isFinite(firstBeside) ? firstBeside * 1_000 : switchedAt - (switchedAt % 1_000);
  return { watch, source, readTo: new Date(readTo), noted: null };
}
