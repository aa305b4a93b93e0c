import { eq } from "drizzle-orm";
import { healthReviews } from "#db/schema/health.ts";
import type { Context } from "#server/kernel/context.ts";

/** A review that is open, as far as whoever follows it has to know. */
export interface WatchedReview {
  deploymentId: number;
  serviceEnvironmentId: number;
  releaseId: number;
  previousReleaseId: number | null;
  openedAt: Date;
  watchUntil: Date;
}

export function listWatched(ctx: Context): Promise<WatchedReview[]> {
  const { deploymentId, serviceEnvironmentId, releaseId, previousReleaseId, openedAt, watchUntil } =
    healthReviews;
  return ctx.db
    .select({ deploymentId, serviceEnvironmentId, releaseId, previousReleaseId, openedAt, watchUntil })
    .from(healthReviews)
    .where(eq(healthReviews.state, "open"));
}
