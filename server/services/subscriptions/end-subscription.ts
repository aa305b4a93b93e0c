import { sql } from "drizzle-orm";
import { recording } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";

/** Its reader wants no more mails. Again, or once it is gone, there is nothing to do. */
export async function endSubscription(ctx: Context, linkId: string): Promise<void> {
  const [row] = await ctx.db.execute(sql`
    select id from subscriptions where link_id = ${linkId}::uuid and state <> 'ended'`);
  if (row === undefined) return;
  const change = { action: "subscriptions/end", subject: `subscription:${row.id}` };
  await ctx.db.execute(sql`
    with ended as (
      update subscriptions set state = 'ended', ended_at = ${ctx.now().toISOString()}::timestamptz, confirm_until = null,
        telling_up_to = null, telling_id = null, next_try_at = null, problem = null, lease_number = lease_number + 1
      where id = ${row.id} and state <> 'ended' returning id)
    ${recording(ctx, change, sql`ended`)}`);
}
