import { sql } from "drizzle-orm";
import { feedChanges, feedItems } from "#db/schema/feed.ts";
import type { Context } from "#server/kernel/context.ts";
import { notificationOf } from "#server/kernel/notifications.ts";

const mostAtOnce = 100;

/**
 * Has the lines of holds whose time has run out say so, each once: whoever else does the same in this moment leaves out
 * what is locked here, and finds it told afterwards. Resolves with how many they were.
 */
export async function liftPastHolds(ctx: Context): Promise<number> {
  const rows = await ctx.db.execute(sql`
    with past as (
      select item.id from ${feedItems} as item join holds on holds.id = item.hold_id
      where item.state = 'held' and (holds.ends_at <= clock_timestamp() or holds.ended_at is not null)
      order by holds.ends_at limit ${mostAtOnce}
      for update of item skip locked
    ), feed_item as (
      update ${feedItems} as item set state = 'lifted' from past where item.id = past.id
      returning item.id, item.hold_id, item.state
    ), feed_change as (
      insert into ${feedChanges} (item_id, word) select id, state from feed_item
    )
    select ${notificationOf("hold", sql`hold_id::text`, sql`null::jsonb`)} from feed_item`);
  return rows.length;
}
