import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";

/** Drops what the throttle does not count any more: after a day each begins afresh. */
export async function forgetOldFailures(ctx: Context): Promise<void> {
  const before = new Date(ctx.now().getTime() - 86_400_000).toISOString();
  await ctx.db.execute(sql`delete from sign_in_failures where last_at < ${before}::timestamptz`);
}
