import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { insightMeasures } from "#server/domain/insight-counts.ts";
import { type DayRange, type PeriodUnit, stretchesOf } from "#server/domain/insight-range.ts";
import type { CountRow } from "#server/domain/insights.ts";
import type { Context } from "#server/kernel/context.ts";
import { words } from "./day-counts.ts";

/** Service environments, or all of an environment where `places` is null. */
export interface CountedPlaces {
  environmentId: number;
  places: readonly number[] | null;
}

const rowsSchema = z.array(
  z.object({
    period: z.string(),
    measure: z.enum(insightMeasures),
    size: z.number(),
    slots: z.array(z.number()),
    counts: z.array(z.number()),
    totals: z.array(z.number()),
  }),
);

export function countsOf({ environmentId, places }: CountedPlaces): SQL {
  if (places === null) return sql`service_environment_id is null and environment_id = ${environmentId}`;
  return sql`service_environment_id in (select place::bigint from jsonb_array_elements(${JSON.stringify(places)}::jsonb) as place)`;
}

/** What was added up for each period of the range, by the day on which the period would begin were it whole. */
export async function readCounts(
  ctx: Pick<Context, "db">,
  { range, unit, ...where }: CountedPlaces & { range: DayRange; unit: PeriodUnit },
): Promise<Map<string, CountRow[]>> {
  const parts = stretchesOf(range, unit).map(
    ({ level, from, to }) => sql`
      select date_trunc(${unit}, begins_on::timestamp)::date::text as period, measure, size, slot, sum(count) as count,
        sum(total_ms) as total_ms
      from insight_counts
      where ${countsOf(where)} and level = ${level} and measure in (${words(insightMeasures)})
        and begins_on >= ${from}::date and begins_on <= ${to}::date
      group by 1, 2, 3, 4`,
  );
  const rows = await ctx.db.execute(sql`
    select period, measure, size, array_agg(slot::int) as slots, array_agg(count::float8) as counts,
      array_agg(total_ms::float8) as totals
    from (${sql.join(parts, sql` union all `)}) as counted
    group by period, measure, size`);
  const byPeriod = new Map<string, CountRow[]>();
  for (const { period, measure, size, slots, counts, totals } of rowsSchema.parse([...rows])) {
    const counted = new Map(
      slots.map((slot, at) => [slot, { count: counts[at] ?? 0, totalMs: totals[at] ?? 0 }]),
    );
    const row = { measure, size, slots: counted };
    byPeriod.set(period, [...(byPeriod.get(period) ?? []), row]);
  }
  return byPeriod;
}
