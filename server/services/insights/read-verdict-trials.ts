import { sql } from "drizzle-orm";
import { z } from "zod";
import { verdictTrials } from "#db/schema/health.ts";
import type { DayRange } from "#server/domain/insight-range.ts";
import type { VerdictTrials } from "#server/domain/insights.ts";
import { wilson } from "#server/domain/wilson.ts";
import type { Context } from "#server/kernel/context.ts";
import type { CountedPlaces } from "./read-counts.ts";

const rowSchema = z.object({
  trials: z.coerce.number(),
  falseAlarms: z.coerce.number(),
  noWorse: z.coerce.number(),
});

export async function readVerdictTrials(
  ctx: Pick<Context, "db">,
  { environmentId, places, range }: CountedPlaces & { range: DayRange },
): Promise<VerdictTrials> {
  const where =
    places === null
      ? sql`service_environment_id in (select id from service_environments where environment_id = ${environmentId})`
      : sql`service_environment_id = any(${`{${places.join(",")}}`}::bigint[])`;
  const [row] = await ctx.db.execute(sql`
    select coalesce(sum(trials), 0) as trials, coalesce(sum(worse), 0) as "falseAlarms",
      coalesce(sum(no_worse), 0) as "noWorse"
    from ${verdictTrials} where ${where} and day >= ${range.from}::date and day <= ${range.to}::date`);
  const counted = rowSchema.parse(row);
  return { ...counted, rate: wilson(counted.falseAlarms, counted.trials) };
}
