import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";
import { notificationOf } from "#server/kernel/notifications.ts";

/** How many requests there were since it began, and how many felt it; tells of it where that is news. */
export async function noteCounts(
  ctx: Context,
  { incidentId, requests, affected }: { incidentId: number; requests: number; affected: number },
): Promise<void> {
  await ctx.db.execute(sql`
    with noted as (
      update incidents set requests = ${requests}, affected = ${affected}
      where id = ${incidentId} and state in ('suspected', 'open', 'mitigated')
        and (requests, affected) is distinct from (${requests}::bigint, ${affected}::bigint)
      returning id
    )
    select ${notificationOf("incident", sql`id::text`, sql`null::jsonb`)} from noted`);
}

export async function noteFixLines(
  ctx: Context,
  { incidentId, lines }: { incidentId: number; lines: number },
): Promise<void> {
  await ctx.db.execute(sql`update incidents set fix_lines = ${lines} where id = ${incidentId}`);
}
