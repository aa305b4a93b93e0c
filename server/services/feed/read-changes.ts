import { sql } from "drizzle-orm";
import { z } from "zod";
import type { FeedRow } from "#server/domain/feed-row.ts";
import { type PublicItem, publicItemOf } from "#server/domain/public-item.ts";
import type { Context } from "#server/kernel/context.ts";
import { readFeedRows } from "./feed-rows.ts";
import { renderNote } from "./render-note.ts";

/** What happened to a line of the feed, as a public reader is told it. */
export interface PublicChange {
  eventId: string;
  itemId: string;
  /** As the line is now; null where it is public no more. */
  item: PublicItem | null;
}

export interface PublicChanges {
  changes: PublicChange[];
  /** Up to here the changes were looked at, public or not. */
  revision: number;
  /** Whether there are more: ask again with that revision. */
  isWhole: boolean;
}

/** Streams go on from one of so many newest changes; who comes back after more reads the page anew. */
export const replayedChanges = 1_000;

const changesSchema = z.array(
  z.object({ revision: z.coerce.number(), eventId: z.string(), publicId: z.string() }),
);

/** What happened after `revision`, in the order of the commits, as far as it is public. */
export async function readPublicChanges(
  ctx: Context,
  { after, limit }: { after: number; limit: number },
): Promise<PublicChanges> {
  const found = changesSchema.parse([
    ...(await ctx.db.execute(sql`
      select revision, event_id as "eventId", public_id as "publicId"
      from feed_changes join feed_items on feed_items.id = feed_changes.item_id
      where revision > ${after} order by revision limit ${limit}`)),
  ]);
  if (found.length === 0) return { changes: [], revision: after, isWhole: true };
  const publicIds = sql.join(
    [...new Set(found.map(({ publicId }) => publicId))].map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const rows = await readFeedRows(ctx, sql`select id from feed_items where public_id in (${publicIds})`);
  const byId = new Map(rows.map((row) => [row.publicId, row]));
  return {
    changes: found.flatMap(({ eventId, publicId }) => changeOf(eventId, byId.get(publicId))),
    revision: found.at(-1)?.revision ?? after,
    isWhole: found.length < limit,
  };
}

/** After which revision the newest `count` changes begin. */
export async function findRevisionBefore(ctx: Context, count: number): Promise<number> {
  const [row] = await ctx.db.execute(sql`
    select coalesce(min(revision) - 1, 0) as revision from (
      select revision from feed_changes where revision is not null order by revision desc limit ${count}) as newest`);
  return Number(row?.revision ?? 0);
}

/** None for what no public reader ever saw: even that something happened is not theirs to know. */
function changeOf(eventId: string, row: FeedRow | undefined): PublicChange[] {
  if (row === undefined) return [];
  const item = publicItemOf(row, renderNote);
  if (item !== null) return [{ eventId, itemId: item.id, item }];
  const wasShown = publicItemOf({ ...row, state: "started" }, renderNote) !== null;
  const hasBegun = row.deployment !== null && row.deployment.startedAt !== null;
  return wasShown && hasBegun ? [{ eventId, itemId: row.publicId, item: null }] : [];
}
