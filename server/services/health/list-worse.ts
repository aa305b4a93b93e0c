import { sql } from "drizzle-orm";
import { z } from "zod";
import type { WatchOutcome } from "#server/domain/release-watch.ts";
import type { Context } from "#server/kernel/context.ts";

/** A release that is worse than the one before, above the least effect. */
export interface WorseReview {
  deploymentId: number;
  serviceEnvironmentId: number;
  releaseId: number;
  openedAt: Date;
  answeredAt: Date;
  outcome: WatchOutcome;
}

const rowsSchema = z.array(
  z.object({
    deploymentId: z.coerce.number(),
    serviceEnvironmentId: z.coerce.number(),
    releaseId: z.coerce.number(),
    openedAt: z.coerce.date(),
    answeredAt: z.coerce.date(),
    // Written by the one verb that notes it.
    outcome: z.custom<WatchOutcome>(),
  }),
);

/** Of those that are watched now, the ones that are noticeably worse. */
export async function listWorse(ctx: Context): Promise<WorseReview[]> {
  const rows = await ctx.db.execute(sql`
    select deployment_id as "deploymentId", service_environment_id as "serviceEnvironmentId", release_id as "releaseId",
      opened_at as "openedAt", answered_at as "answeredAt", outcome
    from health_reviews
    where state = 'open' and answer = 'worse' and outcome -> 'isNoticeable' = 'true'
    order by deployment_id`);
  return rowsSchema.parse([...rows]);
}
