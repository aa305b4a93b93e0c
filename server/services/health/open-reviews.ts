import { sql } from "drizzle-orm";
import { healthReviews, reviewMails } from "#db/schema/health.ts";
import { watchMinutes } from "#server/domain/review.ts";
import type { Context } from "#server/kernel/context.ts";
import { notificationOf } from "#server/kernel/notifications.ts";

/**
 * This room owns what is found of a release after it went live: one review for each deployment that brought another
 * release to production, with its verdict and with who watched it. What is counted stands with whoever counts it.
 */

/** So late a switch may still be found: longer, and there is nothing to watch any more. */
const notOlderThanMinutes = watchMinutes;

/**
 * Opens a review for each switch to production that has none. Another release ends those that are open there: what is not
 * live any more cannot be watched. Resolves with how many were opened.
 */
export async function openReviews(ctx: Context): Promise<number> {
  const rows = await ctx.db.execute(sql`
    with switched as (
      select deployments.id, service_environment_id, release_id, previous_release_id, switched_at
      from service_environments
        join environments on environments.id = environment_id and is_production
        join deployments on deployments.service_environment_id = service_environments.id
      where switched_at > clock_timestamp() - ${notOlderThanMinutes} * interval '1 minute'
        and release_id is not null and release_id is distinct from previous_release_id
        and not exists (select from health_reviews where deployment_id = deployments.id)
    ), ended as (
      update health_reviews set state = 'unwatched'
      from switched
      where health_reviews.service_environment_id = switched.service_environment_id and state = 'open'
        and health_reviews.opened_at < switched.switched_at
      returning health_reviews.deployment_id
    ), opened as (
      insert into ${healthReviews} (deployment_id, service_environment_id, release_id, previous_release_id, opened_at, watch_until)
      select id, service_environment_id, release_id, previous_release_id, switched_at,
        switched_at + ${watchMinutes} * interval '1 minute'
      from switched on conflict do nothing returning deployment_id
    ), mailed as (
      insert into ${reviewMails} (deployment_id, kind) select deployment_id, 'opened' from opened
    ), all_of_them as (
      select deployment_id from opened union all select deployment_id from ended
    )
    select ${notificationOf("review", sql`deployment_id::text`, sql`null::jsonb`)}, (select count(*) from opened) as opened
    from all_of_them`);
  return Number(rows[0]?.opened ?? 0);
}

/** Those whose time is over: nobody watched them to the end. */
export async function endReviews(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`
    with ended as (
      update health_reviews set state = 'unwatched'
      where state = 'open' and watch_until <= clock_timestamp() returning deployment_id
    )
    select ${notificationOf("review", sql`deployment_id::text`, sql`null::jsonb`)} from ended`);
}
