import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";

/** Makes room for the logs of the days to come, and drops those that are older than so many days. */
export async function keepLogDays(ctx: Pick<Context, "db">, days: number): Promise<{ droppedDays: number }> {
  const [row] = await ctx.db.execute<{ dropped: number }>(sql`select keep_log_days(${days}::int) as dropped`);
  return { droppedDays: row?.dropped ?? 0 };
}
