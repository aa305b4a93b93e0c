import type { Answer } from "#server/domain/verdict.ts";
import type { Context } from "#server/kernel/context.ts";
import { listWatched, type WatchedReview } from "#server/services/health/list-watched.ts";
import { noteOutcome } from "#server/services/health/note-outcome.ts";
import { endReviews, openReviews } from "#server/services/health/open-reviews.ts";
import { FollowReleases } from "./follow-releases.ts";

const noteEveryMs = 10_000;

/** Follows every release that is watched after its switch. Several monitors may do so, and come to the same. */
export class WatchReleases {
  private readonly releases = new FollowReleases();
  private readonly noted = new Map<number, { answer: Answer; at: number }>();

  async round(ctx: Context): Promise<void> {
    await openReviews(ctx);
    const reviews = await listWatched(ctx);
    const open = new Set(reviews.map(({ deploymentId }) => deploymentId));
    this.releases.keepOnly(open);
    for (const id of this.noted.keys()) if (!open.has(id)) this.noted.delete(id);
    for (const review of reviews) await this.follow(ctx, review);
    await endReviews(ctx);
  }

  private async follow(ctx: Context, review: WatchedReview): Promise<void> {
    const { deploymentId } = review;
    const looked = await this.releases.look(ctx, review);
    if (looked === null) return;
    const { outcome, to } = looked;
    const noted = this.noted.get(deploymentId);
    // An answer is told at once; how the numbers grow, now and then.
    if (outcome.answer === noted?.answer && to.getTime() < noted.at + noteEveryMs) return;
    this.noted.set(deploymentId, { answer: outcome.answer, at: to.getTime() });
    await noteOutcome(ctx, deploymentId, outcome);
  }
}
