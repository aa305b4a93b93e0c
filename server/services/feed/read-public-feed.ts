import { sql } from "drizzle-orm";
import { z } from "zod";
import { type PublicItem, publicItemOf } from "#server/domain/public-item.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { readFeedRows } from "./feed-rows.ts";
import { type FeedFilter, readFeedPage } from "./read-page.ts";
import { renderNote } from "./render-note.ts";

export interface PublicFeed {
  items: PublicItem[];
  nextBefore: string | null;
}

/** What somebody without a session reads of the feed, newest first. */
export async function readPublicFeed(ctx: Context, filter: FeedFilter): Promise<PublicFeed> {
  const { rows, nextBefore } = await readFeedPage(ctx, "public", filter);
  return { items: rows.flatMap((row) => publicItemOf(row, renderNote) ?? []), nextBefore };
}

/** One line; NotFoundError where it is not public. */
export async function readPublicItem(ctx: Context, publicId: string): Promise<PublicItem> {
  const isId = z.uuid().safeParse(publicId).success;
  const [row] = isId
    ? await readFeedRows(ctx, sql`select id from feed_items where public_id = ${publicId}::uuid`)
    : [];
  const item = row === undefined ? null : publicItemOf(row, renderNote);
  if (item === null) throw new NotFoundError("There is no such line in the feed.");
  return item;
}

export interface PublicPlaces {
  services: { slug: string; name: string }[];
  environments: { slug: string; name: string }[];
}

/** What the public feed can be narrowed to: nothing that is not shown in it. */
export async function listPublicPlaces(ctx: Context): Promise<PublicPlaces> {
  const services = await ctx.db.execute(sql`
    select slug, name from services
    where is_public and removal_requested_at is null
      and exists (
        select from service_environments join environments on environments.id = environment_id
        where service_id = services.id and is_shown)
    order by lower(name), slug`);
  const environments = await ctx.db.execute(sql`
    select slug, name from environments where is_shown order by position`);
  const schema = z.array(z.object({ slug: z.string(), name: z.string() }));
  return { services: schema.parse([...services]), environments: schema.parse([...environments]) };
}
