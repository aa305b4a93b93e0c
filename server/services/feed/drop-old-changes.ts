import { sql } from "drizzle-orm";
import { feedChanges } from "#db/schema/feed.ts";
import type { Context } from "#server/kernel/context.ts";
import { findRevisionBefore, replayedChanges } from "./read-changes.ts";

const mostAtOnce = 1_000;

/**
 * Drops what happened longer ago than so many days, but neither the newest changes, from which streams go on however long
 * ago they were, nor those that channels have still to be told of. In small pieces, so that nobody who publishes waits long. Resolves with how many they were.
 */
export async function dropOldChanges(ctx: Context, days: number): Promise<number> {
  const newest = await findRevisionBefore(ctx, replayedChanges);
  let dropped = 0;
  for (;;) {
    const rows = await ctx.db.execute(sql`
      delete from ${feedChanges} where id in (
        select id from ${feedChanges}
        where happened_at < clock_timestamp() - ${days} * interval '1 day'
          and revision <= least(${newest}::bigint, (select revision from broadcast_progress))
        order by happened_at limit ${mostAtOnce}
        for update skip locked)
      returning id`);
    dropped += rows.length;
    if (rows.length < mostAtOnce) return dropped;
  }
}
