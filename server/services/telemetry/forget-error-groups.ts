import { sql } from "drizzle-orm";
import { errorGroups } from "#db/schema/errors.ts";
import type { Context } from "#server/kernel/context.ts";
import { mostErrorGroups } from "./store-errors.ts";

/** Where there is no room left, what was seen longest ago makes some, but nothing of the last day. */
const roomKept = 200;

/**
 * Forgets kinds of errors that nobody has told of for so many days, as long as what was counted of them is kept. One that comes
 * again is new again. What somebody adds to right now stays.
 */
export async function forgetErrorGroups(ctx: Pick<Context, "db">, days: number): Promise<void> {
  await ctx.db.execute(sql`
    delete from ${errorGroups} where id in (
      select id from ${errorGroups} where last_seen_at < clock_timestamp() - ${days} * interval '1 day'
      for update skip locked
    )`);
  await ctx.db.execute(sql`
    delete from ${errorGroups} where id in (
      select id from ${errorGroups} join (
        select id as ranked_id, row_number() over (partition by service_environment_id order by last_seen_at desc) as place,
          count(*) over (partition by service_environment_id) as groups
        from ${errorGroups}
      ) as ranked on ranked_id = id
      where groups >= ${mostErrorGroups} and place > ${mostErrorGroups - roomKept}
        and last_seen_at < clock_timestamp() - interval '1 day'
      for update of error_groups skip locked
    )`);
}
