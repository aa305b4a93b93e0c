import { sql } from "drizzle-orm";
import { notePictures } from "#db/schema/feed.ts";
import type { Context } from "#server/kernel/context.ts";

/** Drops pictures that were uploaded more than a day ago and that no note ever showed. Resolves with how many. */
export async function dropUnusedPictures(ctx: Context): Promise<number> {
  const rows = await ctx.db.execute(sql`
    delete from ${notePictures} where id in (
      select id from ${notePictures} as picture
      where uploaded_at < clock_timestamp() - interval '1 day'
        and not exists (select from notes where notes.picture_id = picture.id)
      order by uploaded_at limit 1000
      for update skip locked)
    returning id`);
  return rows.length;
}
