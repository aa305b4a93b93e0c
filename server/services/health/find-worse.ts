import { sql } from "drizzle-orm";
import { healthReviews } from "#db/schema/health.ts";
import type { Context } from "#server/kernel/context.ts";

/** Whether this release was found noticeably worse in a service environment, the last time that it went live there. */
export async function wasFoundWorse(
  ctx: Pick<Context, "db">,
  { serviceEnvironmentId, releaseId }: { serviceEnvironmentId: number; releaseId: number },
): Promise<boolean> {
  const [row] = await ctx.db.execute(sql`
    select answer = 'worse' and outcome -> 'isNoticeable' = 'true' as "isWorse"
    from ${healthReviews}
    where service_environment_id = ${serviceEnvironmentId} and release_id = ${releaseId}
    order by opened_at desc limit 1`);
  return row?.isWorse === true;
}
