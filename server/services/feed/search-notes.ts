import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

/** So many notes are searched for a page. */
export const searchedNotes = 10_000;

export interface NoteSearch {
  text: string;
  /** The line that the page before ended with. */
  beforeLineId: number | null;
  most: number;
  /** The service environments that are asked about, with `id` and `service_id`. */
  places: SQL;
  /** What a `line` must be besides. */
  matches: SQL;
}

const hitsSchema = z.array(z.object({ id: z.coerce.number(), publicId: z.string() }));

/**
 * One line for each note that holds the text: the newest that ships it. The newest notes come first, so that looking ends
 * with the page, however many there are.
 */
export async function searchNotes(ctx: Context, search: NoteSearch): Promise<z.infer<typeof hitsSchema>> {
  const { text, beforeLineId, most, places, matches } = search;
  // `is true` has the places looked up in a table made once; as a join they would be looked at for each note, and too late.
  const before = beforeLineId === null ? null : await findNote(ctx, beforeLineId);
  const rows = await ctx.db.execute(sql`
    with places as materialized (${places}),
    newest as (
      select * from notes where ${before === null ? sql`true` : sql`id < ${before}`}
      order by id desc limit ${searchedNotes})
    select shown.id, shown.public_id as "publicId" from newest
      cross join lateral (
        select line.id, line.public_id from service_environments
          join deployments on deployments.service_environment_id = service_environments.id
            and deployments.sha = newest.sha
          join feed_items as line on line.deployment_id = deployments.id
        where service_environments.service_id = newest.service_id
          and (service_environments.id in (select id from places)) is true and ${matches}
        order by line.happened_at desc, line.id desc limit 1) as shown
    where (newest.service_id in (select service_id from places)) is true
      and newest.text ilike ${`%${escapeLike(text)}%`}
      and newest.id = (
        select max(id) from notes where notes.service_id = newest.service_id and notes.sha = newest.sha)
    order by newest.id desc limit ${most}`);
  return hitsSchema.parse([...rows]);
}

/** The newest note of what the line ships. NotFoundError where there is none: no page ended with this line. */
async function findNote(ctx: Context, lineId: number): Promise<number> {
  const [row] = await ctx.db.execute(sql`
    select max(notes.id) as id from feed_items
      join deployments on deployments.id = feed_items.deployment_id
      join service_environments on service_environments.id = deployments.service_environment_id
      join notes on notes.service_id = service_environments.service_id and notes.sha = deployments.sha
    where feed_items.id = ${lineId}`);
  const id = z.coerce.number().nullable().parse(row?.id);
  if (id === null) throw new NotFoundError("This page of the feed is no more. Begin with the newest.");
  return id;
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}
