import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";

const atOnce = 5_000;

/** Drops what was delivered or withdrawn, and what nobody asked to send again, so many days ago. */
export async function forgetDeliveries(
  ctx: Context,
  days: { settled: number; dead: number },
): Promise<number> {
  const before = (count: number) =>
    sql`${new Date(ctx.now().getTime() - count * 86_400_000).toISOString()}::timestamptz`;
  let dropped = 0;
  for (;;) {
    const rows = await ctx.db.execute(sql`
      delete from deliveries where id in (
        select id from deliveries
        where ended_at < ${before(days.settled)} and (state <> 'dead' or ended_at < ${before(days.dead)})
        limit ${atOnce})
      returning id`);
    dropped += rows.length;
    if (rows.length < atOnce) return dropped;
  }
}
