import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";

/** Held to the end of the transaction: who makes the first administrator does so alone. */
export async function lockSetup(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtext('anytime identity setup'))`);
}
