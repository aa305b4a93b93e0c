import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/kernel/context.ts";

const schema = z.object({
  active: z.coerce.number(),
  /** Of those, how many could not be written to the last time, and why the one that waits longest could not. */
  failing: z.coerce.number(),
  problem: z.string().nullable(),
});
export type SubscriptionCounts = z.infer<typeof schema>;

export async function countSubscriptions(ctx: Context): Promise<SubscriptionCounts> {
  const [row] = await ctx.db.execute(sql`
    select count(*) as active, count(*) filter (where attempts > 0) as failing,
      (array_agg(problem order by attempts desc, id) filter (where attempts > 0))[1] as problem
    from subscriptions where state = 'active'`);
  return schema.parse(row);
}
