import { sql } from "drizzle-orm";
import { z } from "zod";
import { feedKinds, feedWords, isNews } from "#server/domain/feed.ts";
import { type PublicItem, publicItemOf } from "#server/domain/public-item.ts";
import type { Context } from "#server/kernel/context.ts";
import { readFeedRows } from "./feed-rows.ts";
import { readRowsOf } from "./read-rows-of.ts";
import { renderNote } from "./render-note.ts";

/** That a public line came to an end that users care about. */
export interface NewsMark {
  revision: number;
  /** Null where it is about no single service. */
  serviceSlug: string | null;
}

export interface NewsMarks {
  marks: NewsMark[];
  /** Up to here the changes were looked at. */
  revision: number;
  /** Whether there are more: ask again with that revision. */
  isWhole: boolean;
}

const changesSchema = z.array(
  z.object({
    revision: z.coerce.number(),
    itemId: z.coerce.number(),
    kind: z.enum(feedKinds),
    word: z.enum(feedWords),
  }),
);

/** Where there is news after `revision`. What is none costs its place in an index, and no more. */
export async function findNews(
  ctx: Context,
  { after, limit }: { after: number; limit: number },
): Promise<NewsMarks> {
  const found = changesSchema.parse([
    ...(await ctx.db.execute(sql`
      select revision, item_id as "itemId", kind, word
      from feed_changes join feed_items on feed_items.id = feed_changes.item_id
      where revision > ${after} order by revision limit ${limit}`)),
  ]);
  const ended = found.filter(
    ({ kind, word }) => word !== "announced" && word !== "note" && isNews(kind, word),
  );
  const rows = await readRowsOf(
    ctx,
    ended.map(({ itemId }) => itemId),
  );
  const marks = ended.flatMap(({ revision, itemId }) => {
    const row = rows.get(itemId);
    const item = row === undefined ? null : publicItemOf(row, renderNote);
    return item === null ? [] : [{ revision, serviceSlug: item.service?.slug ?? null }];
  });
  return { marks, revision: found.at(-1)?.revision ?? after, isWhole: found.length < limit };
}

/** Of the changes after one revision and up to another; of one service, or of all and everything. */
export interface NewsWindow {
  after: number;
  upTo: number;
  serviceId: number | null;
}

export interface News {
  /** As they are now, the newest first; each once, whatever happened to it. */
  items: PublicItem[];
  /** Whether there were more. */
  isWhole: boolean;
  /** When the first and the last of it happened; a note that was written counts, too. Null where there is none. */
  span: { first: Date; last: Date } | null;
}

const linesSchema = z.array(
  z.object({ id: z.coerce.number(), first: z.coerce.date(), last: z.coerce.date() }),
);

/** What is new for somebody outside the team. */
export async function readNews(
  ctx: Context,
  { after, upTo, serviceId }: NewsWindow,
  most: number,
): Promise<News> {
  const found = linesSchema.parse([
    ...(await ctx.db.execute(sql`
      select item.id, min(change.happened_at) as first, max(change.happened_at) as last
      from feed_changes as change
        join feed_items as item on item.id = change.item_id
        left join service_environments as place on place.id = item.service_environment_id
        left join services on services.id = place.service_id
        left join environments on environments.id = coalesce(place.environment_id, item.environment_id)
      where change.revision > ${after} and change.revision <= ${upTo}
        and change.word in ('live', 'held', 'lifted', 'note', 'ongoing', 'over')
        and ${serviceId === null ? sql`true` : sql`place.service_id = ${serviceId}`}
        and coalesce(services.is_public and services.removal_requested_at is null, true)
        and coalesce(environments.is_shown, true)
      group by item.id
      having bool_or(change.word <> 'note' and item.kind <> 'maintenance')
      order by max(change.revision) desc limit ${most + 1}`)),
  ]);
  const shown = found.slice(0, most);
  const ids = shown.map(({ id }) => sql`${id}::bigint`);
  const rows =
    ids.length === 0
      ? []
      : await readFeedRows(ctx, sql`select id from feed_items where id in (${sql.join(ids, sql`, `)})`);
  // What it may show is decided there, whatever was found here.
  const items = rows.flatMap((row) =>
    isNews(row.kind, row.state) ? (publicItemOf(row, renderNote) ?? []) : [],
  );
  const times = shown.flatMap(({ first, last }) => [first.getTime(), last.getTime()]);
  return {
    items,
    isWhole: found.length <= most,
    span:
      items.length === 0 ? null : { first: new Date(Math.min(...times)), last: new Date(Math.max(...times)) },
  };
}
