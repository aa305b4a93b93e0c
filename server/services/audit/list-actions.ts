import { sql } from "drizzle-orm";
import { z } from "zod";
import { auditEntries } from "#db/schema/audit.ts";
import { type Context, demand } from "#server/kernel/context.ts";

/** Every action that was ever recorded, from A to Z. Leaps through the index, so that a long log costs no more. */
export async function listActions(ctx: Context): Promise<string[]> {
  demand(ctx, "readAudit");
  const rows = await ctx.db.execute(sql`
    with recursive found as (
      (select action from ${auditEntries} order by action limit 1)
      union all
      select (select action from ${auditEntries} where action > found.action order by action limit 1)
      from found where found.action is not null
    )
    select action from found where action is not null`);
  return z
    .array(z.object({ action: z.string() }))
    .parse([...rows])
    .map(({ action }) => action);
}
