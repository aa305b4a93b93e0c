import { inArray, sql } from "drizzle-orm";
import { feedItems } from "#db/schema/feed.ts";
import type { FeedRow } from "#server/domain/feed-row.ts";
import type { Context } from "#server/kernel/context.ts";
import { readFeedRows } from "./feed-rows.ts";

/** The lines of these ids that there still are. */
export async function readRowsOf(ctx: Context, itemIds: readonly number[]): Promise<Map<number, FeedRow>> {
  if (itemIds.length === 0) return new Map();
  const asked = inArray(feedItems.id, [...new Set(itemIds)]);
  const [rows, names] = await Promise.all([
    readFeedRows(ctx, sql`select id from feed_items where ${asked}`),
    ctx.db.select({ id: feedItems.id, publicId: feedItems.publicId }).from(feedItems).where(asked),
  ]);
  const byPublicId = new Map(rows.map((row) => [row.publicId, row]));
  return new Map(
    names.flatMap(({ id, publicId }) => {
      const row = byPublicId.get(publicId);
      return row === undefined ? [] : [[id, row]];
    }),
  );
}
