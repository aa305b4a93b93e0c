import { eq, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { healthReviews } from "#db/schema/health.ts";
import type { WatchOutcome } from "#server/domain/release-watch.ts";
import { type Review, reviewStates } from "#server/domain/review.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

const moment = z.coerce.date().transform((at) => at.toISOString());
const rowsSchema = z.array(
  z.object({
    deploymentId: z.coerce.number(),
    serviceSlug: z.string(),
    serviceName: z.string(),
    environmentSlug: z.string(),
    environmentName: z.string(),
    releaseNumber: z.number().nullable(),
    previousNumber: z.number().nullable(),
    subject: z.string(),
    state: z.enum(reviewStates),
    openedAt: moment,
    watchUntil: moment,
    // Written by the one verb that notes it.
    outcome: z.custom<WatchOutcome>().nullable(),
    answeredAt: moment.nullable(),
    watchedByName: z.string().nullable(),
    watchedAt: moment.nullable(),
    isMine: z.boolean(),
  }),
);

/** Those that go on, mine first. */
export async function listOpenReviews(ctx: Context): Promise<Review[]> {
  return readReviews(ctx, sql`health_reviews.state = 'open'`);
}

/** NotFoundError where the deployment is not watched. */
export async function readReview(ctx: Context, deploymentId: number): Promise<Review> {
  const [review] = await readReviews(ctx, sql`health_reviews.deployment_id = ${deploymentId}`);
  if (review === undefined) throw notWatched();
  return review;
}

async function readReviews(ctx: Context, condition: SQL): Promise<Review[]> {
  const userId = ctx.actor.kind === "user" ? ctx.actor.id : null;
  const rows = await ctx.db.execute(sql`
    select deployment_id as "deploymentId", services.slug as "serviceSlug", services.name as "serviceName",
      environments.slug as "environmentSlug", environments.name as "environmentName", releases.number as "releaseNumber",
      previous.number as "previousNumber", deployments.subject, health_reviews.state, opened_at as "openedAt",
      watch_until as "watchUntil", outcome, answered_at as "answeredAt", watched_by_name as "watchedByName",
      watched_at as "watchedAt", coalesce(deployments.requested_by = ${userId}::bigint, false) as "isMine"
    from health_reviews
      join deployments on deployments.id = deployment_id
      join service_environments on service_environments.id = health_reviews.service_environment_id
      join services on services.id = service_environments.service_id
      join environments on environments.id = service_environments.environment_id
      join releases on releases.id = health_reviews.release_id
      left join releases as previous on previous.id = health_reviews.previous_release_id
    where ${condition}
    order by "isMine" desc, answer = 'worse' desc, opened_at desc limit 100`);
  return rowsSchema.parse([...rows]);
}

/** What its counts are found by. */
export async function getReviewKeys(ctx: Context, deploymentId: number) {
  const [keys] = await ctx.db
    .select({
      serviceEnvironmentId: healthReviews.serviceEnvironmentId,
      releaseId: healthReviews.releaseId,
      previousReleaseId: healthReviews.previousReleaseId,
    })
    .from(healthReviews)
    .where(eq(healthReviews.deploymentId, deploymentId));
  if (keys === undefined) throw notWatched();
  return keys;
}

export async function hasReview(ctx: Context, deploymentId: number): Promise<boolean> {
  const rows = await ctx.db
    .select({ id: healthReviews.deploymentId })
    .from(healthReviews)
    .where(eq(healthReviews.deploymentId, deploymentId));
  return rows.length > 0;
}

function notWatched(): NotFoundError {
  return new NotFoundError(
    "This deployment is not watched: only what brings another release to production is.",
  );
}
