import { sql } from "drizzle-orm";
import type { WatchOutcome } from "#server/domain/release-watch.ts";
import type { Context } from "#server/kernel/context.ts";
import { notificationOf } from "#server/kernel/notifications.ts";

/**
 * Writes what is known of an open review by now, and tells of it: where it is noticeably worse for the first time, by mail,
 * too. `worse` stays once it was said.
 */
export async function noteOutcome(ctx: Context, deploymentId: number, outcome: WatchOutcome): Promise<void> {
  await ctx.db.execute(sql`
    with noted as (
      update health_reviews set outcome = ${JSON.stringify(outcome)}::jsonb, answer = ${outcome.answer},
        answered_at = case when answer = ${outcome.answer} then answered_at else clock_timestamp() end
      where deployment_id = ${deploymentId} and state = 'open'
        and (answer <> 'worse' or ${outcome.answer} = 'worse')
        and outcome is distinct from ${JSON.stringify(outcome)}::jsonb
      returning deployment_id
    ), mailed as (
      insert into review_mails (deployment_id, kind)
      select deployment_id, 'worse' from noted where ${outcome.answer === "worse" && outcome.isNoticeable}
      on conflict do nothing
    )
    select ${notificationOf("review", sql`deployment_id::text`, sql`null::jsonb`)} from noted`);
}
