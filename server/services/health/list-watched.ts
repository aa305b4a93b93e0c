import { eq, sql } from "drizzle-orm";
import { healthReviews } from "#db/schema/health.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";

/** A review that is open, as far as whoever follows it has to know. */
export interface WatchedReview {
  deploymentId: number;
  serviceEnvironmentId: number;
  releaseId: number;
  previousReleaseId: number | null;
  openedAt: Date;
  watchUntil: Date;
  /** Whose counts it was looked at by so far; null where nothing was found yet. */
  source: SignalSource | null;
}

export function listWatched(ctx: Context): Promise<WatchedReview[]> {
  const { deploymentId, serviceEnvironmentId, releaseId, previousReleaseId, openedAt, watchUntil } =
    healthReviews;
  return ctx.db
    .select({
      ...{ deploymentId, serviceEnvironmentId, releaseId, previousReleaseId, openedAt, watchUntil },
      source: sql<SignalSource | null>`${healthReviews.outcome} ->> 'source'`,
    })
    .from(healthReviews)
    .where(eq(healthReviews.state, "open"));
}
