import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { isPublicLine } from "#db/schema/feed.ts";
import type { FeedKind } from "#server/domain/feed.ts";
import type { FeedRow } from "#server/domain/feed-row.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { readFeedRows } from "./feed-rows.ts";
import { searchNotes } from "./search-notes.ts";

export interface FeedFilter {
  serviceSlug?: string | undefined;
  environmentSlug?: string | undefined;
  kind?: FeedKind | undefined;
  /** Part of a note. Its pages follow the order in which the notes were written. */
  text?: string | undefined;
  /** The public id of the last line of the page before. */
  before?: string | undefined;
  limit: number;
}

export interface FeedRows {
  rows: FeedRow[];
  /** What to give as `before` for the next page; null on the last one. */
  nextBefore: string | null;
}

/**
 * Lines of the feed, newest first; of the public view only what is public. NotFoundError where `before` names no line.
 * The thousandth page costs what the first does. Where not every line is wanted, each service environment's newest one is
 * looked up, and only those whose line is among the newest are read further.
 */
export async function readFeedPage(
  ctx: Context,
  view: "public" | "internal",
  filter: FeedFilter,
): Promise<FeedRows> {
  const before = filter.before === undefined ? null : await findLine(ctx, filter.before);
  const asked = { ...filter, view, before, most: filter.limit + 1 };
  const text = filter.text?.trim() ?? "";
  if (text !== "") return searchedPage(ctx, asked, text);
  const found = await readFeedRows(ctx, isWhole(asked) ? newestOfAll(asked) : newestLines(asked));
  const rows = found.slice(0, filter.limit);
  return { rows, nextBefore: found.length > filter.limit ? (rows.at(-1)?.publicId ?? null) : null };
}

/** The next page begins after the note that was found last, whichever line stands last on this one. */
async function searchedPage(ctx: Context, asked: Asked, text: string): Promise<FeedRows> {
  const found = await searchNotes(ctx, {
    text,
    beforeLineId: asked.before?.id ?? null,
    most: asked.most,
    places: places(asked),
    matches: matches({ ...asked, before: null }),
  });
  const hits = found.slice(0, asked.limit);
  const ids = sql.join(
    hits.map(({ id }) => sql`${id}::bigint`),
    sql`, `,
  );
  return {
    rows:
      hits.length === 0 ? [] : await readFeedRows(ctx, sql`select id from feed_items where id in (${ids})`),
    nextBefore: found.length > asked.limit ? (hits.at(-1)?.publicId ?? null) : null,
  };
}

interface Asked extends Omit<FeedFilter, "before" | "text"> {
  view: "public" | "internal";
  before: Line | null;
  most: number;
}

const lineSchema = z.object({ id: z.coerce.number(), happenedAt: z.string() });
type Line = z.infer<typeof lineSchema>;

async function findLine(ctx: Context, publicId: string): Promise<Line> {
  const missing = new NotFoundError("This page of the feed is no more. Begin with the newest.");
  if (!z.uuid().safeParse(publicId).success) throw missing;
  const [row] = await ctx.db.execute(sql`
    select id, happened_at::text as "happenedAt" from feed_items where public_id = ${publicId}`);
  if (row === undefined) throw missing;
  return lineSchema.parse(row);
}

/** The service environments that are asked about; of the public view, those that are shown. */
function places({ view, serviceSlug, environmentSlug }: Asked): SQL {
  return sql`
    select service_environments.id, services.id as service_id
    from service_environments
      join services on services.id = service_environments.service_id
      join environments on environments.id = service_environments.environment_id
    where ${view === "public" ? sql`services.is_public and services.removal_requested_at is null and environments.is_shown` : sql`true`}
      and ${serviceSlug === undefined ? sql`true` : sql`services.slug = ${serviceSlug}`}
      and ${environmentSlug === undefined ? sql`true` : sql`environments.slug = ${environmentSlug}`}`;
}

/** What a line must be, wherever it stands. */
function matches({ view, kind, before }: Asked): SQL {
  return sql`${view === "public" ? sql`line.${isPublicLine}` : sql`true`}
    and ${kind === undefined ? sql`true` : sql`line.kind = ${kind}`}
    and ${before === null ? sql`true` : sql`(line.happened_at, line.id) < (${before.happenedAt}::timestamptz, ${before.id}::bigint)`}`;
}

/** Whether every line is wanted, wherever it stands. */
function isWhole({ view, serviceSlug, environmentSlug, kind }: Asked): boolean {
  return view === "internal" && [serviceSlug, environmentSlug, kind].every((filter) => filter === undefined);
}

function newestOfAll(asked: Asked): SQL {
  return sql`
    select line.id from feed_items as line where ${matches(asked)}
    order by line.happened_at desc, line.id desc limit ${asked.most}`;
}

function newestLines(asked: Asked): SQL {
  const newestOf = (place: SQL, most: number) => sql`
    select line.id, line.happened_at from feed_items as line
    where line.service_environment_id = ${place} and ${matches(asked)}
    order by line.happened_at desc, line.id desc limit ${most}`;
  return sql`
    with places as (${places(asked)}),
    heads as (
      select places.id as place from places
        cross join lateral (${newestOf(sql`places.id`, 1)}) as head
      order by head.happened_at desc, head.id desc limit ${asked.most})
    (select line.* from heads cross join lateral (${newestOf(sql`heads.place`, asked.most)}) as line)
    union all (${linesOfNoService(asked)})
    order by happened_at desc, id desc limit ${asked.most}`;
}

/** Holds of an environment, or of everything. */
function linesOfNoService(asked: Asked): SQL {
  const { view, serviceSlug, environmentSlug } = asked;
  return sql`
    select line.id, line.happened_at from feed_items as line
      left join environments on environments.id = line.environment_id
    where line.service_environment_id is null and ${serviceSlug === undefined ? sql`true` : sql`false`}
      and ${view === "public" ? sql`coalesce(environments.is_shown, true)` : sql`true`}
      and ${environmentSlug === undefined ? sql`true` : sql`coalesce(environments.slug = ${environmentSlug}, true)`}
      and ${matches(asked)}
    order by line.happened_at desc, line.id desc limit ${asked.most}`;
}
