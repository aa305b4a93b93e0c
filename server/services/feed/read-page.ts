import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { type FeedKind, publicStates } from "#server/domain/feed.ts";
import type { FeedRow } from "#server/domain/feed-row.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { readFeedRows } from "./feed-rows.ts";

export interface FeedFilter {
  serviceSlug?: string | undefined;
  environmentSlug?: string | undefined;
  kind?: FeedKind | undefined;
  /** Part of a note. */
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

/** So many of the newest notes are searched. */
export const searchedNotes = 10_000;

/**
 * Lines of the feed, newest first; of the public view only what is public. NotFoundError where `before` names no line.
 * The thousandth page costs what the first does: each service environment's newest line is looked up, and only those
 * whose line is among the newest are read further.
 */
export async function readFeedPage(
  ctx: Context,
  view: "public" | "internal",
  filter: FeedFilter,
): Promise<FeedRows> {
  const before = filter.before === undefined ? null : await findLine(ctx, filter.before);
  const asked = { ...filter, view, before, most: filter.limit + 1 };
  const text = filter.text?.trim() ?? "";
  const found = await readFeedRows(ctx, text === "" ? newestLines(asked) : linesWithNote(asked, text));
  const rows = found.slice(0, filter.limit);
  return { rows, nextBefore: found.length > filter.limit ? (rows.at(-1)?.publicId ?? null) : null };
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
  const states = sql.join(
    publicStates.map((state) => sql`${state}`),
    sql`, `,
  );
  return sql`${view === "public" ? sql`line.state in (${states})` : sql`true`}
    and ${kind === undefined ? sql`true` : sql`line.kind = ${kind}`}
    and ${before === null ? sql`true` : sql`(line.happened_at, line.id) < (${before.happenedAt}::timestamptz, ${before.id}::bigint)`}`;
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

/** One line for each note: the newest that ships it. */
function linesWithNote(asked: Asked, text: string): SQL {
  return sql`
    with places as (${places(asked)}),
    newest as (select * from notes order by id desc limit ${searchedNotes})
    select shown.id, shown.happened_at from newest
      cross join lateral (
        select line.id, line.happened_at from places
          join deployments on deployments.service_environment_id = places.id and deployments.sha = newest.sha
          join feed_items as line on line.deployment_id = deployments.id
        where places.service_id = newest.service_id and ${matches(asked)}
        order by line.happened_at desc, line.id desc limit 1) as shown
    where newest.text ilike ${`%${escapeLike(text)}%`}
      and not exists (
        select from notes as newer
        where newer.service_id = newest.service_id and newer.sha = newest.sha and newer.id > newest.id)
    order by shown.happened_at desc, shown.id desc limit ${asked.most}`;
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}
