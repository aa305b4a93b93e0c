import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/kernel/context.ts";

/** Whether this process uses a database role that can neither change the audit log nor give itself the right to. */
export async function areRightsSeparate(ctx: Context): Promise<boolean> {
  const rows = await ctx.db.execute(sql`
    select not bool_or(
      has_table_privilege(oid, 'update, delete, truncate')
      or pg_has_role(relowner, 'member')
    ) as separate
    from pg_class where oid in ('audit_entries'::regclass, 'audit_head'::regclass)`);
  return z.array(z.object({ separate: z.boolean() })).parse([...rows])[0]?.separate ?? false;
}
