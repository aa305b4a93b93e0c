import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";

/** Drops what nobody confirmed in time, and the addresses of those that ended so many days ago. */
export async function forgetSubscriptions(ctx: Context, keepAddressDays: number): Promise<number> {
  const now = ctx.now().getTime();
  const dropped = await ctx.db.execute(sql`
    delete from subscriptions
    where state = 'pending' and confirm_until <= ${new Date(now).toISOString()}::timestamptz returning id`);
  const before = new Date(now - keepAddressDays * 86_400_000).toISOString();
  const forgotten = await ctx.db.execute(sql`
    update subscriptions set address = null
    where state = 'ended' and address is not null and ended_at <= ${before}::timestamptz returning id`);
  return dropped.length + forgotten.length;
}
