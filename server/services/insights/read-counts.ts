import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { insightMeasures, type Slot, type Slots } from "#server/domain/insight-counts.ts";
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
  z.object({ period: z.string(), measure: z.enum(insightMeasures), size: z.number(), slots: z.string() }),
);

export function countsOf({ environmentId, places }: CountedPlaces): SQL {
  if (places === null) return sql`service_environment_id is null and environment_id = ${environmentId}`;
  return sql`service_environment_id = any(${`{${places.join(",")}}`}::bigint[])`;
}

/** What was added up for each period of the range, by the day on which the period would begin were it whole. */
export async function readCounts(
  ctx: Pick<Context, "db">,
  { range, unit, ...where }: CountedPlaces & { range: DayRange; unit: PeriodUnit },
): Promise<Map<string, CountRow[]>> {
  const parts = stretchesOf(range, unit).map(
    ({ level, from, to }) => sql`
      select date_trunc(${unit}, begins_on::timestamp)::date as period, measure, size, slot, count, total_ms
      from insight_counts
      where ${countsOf(where)} and level = ${level} and measure in (${words(insightMeasures)})
        and begins_on >= ${from}::date and begins_on <= ${to}::date`,
  );
  const all = sql.join(parts, sql` union all `);
  // What several services have in the same slots is brought together where it lies.
  const together = sql`
    select period, measure, size, slot, sum(count) as count, sum(total_ms) as total_ms
    from (${all}) as each_of_them group by period, measure, size, slot`;
  // As one text each: that is read many times faster than as many rows, or as arrays.
  const rows = await ctx.db.execute(sql`
    select period::text, measure, size, string_agg(slot || ' ' || count || ' ' || total_ms, ',') as slots
    from (${where.places === null ? all : together}) as counted
    group by counted.period, measure, size`);
  const counts = rowsSchema.parse([...rows]).map((row) => ({ ...row, slots: slotsIn(row.slots) }));
  return Map.groupBy(counts, ({ period }) => period);
}

/** A slot may come several times: from several days and months. */
function slotsIn(text: string): Slots {
  const slots = new Map<number, Slot>();
  for (const part of text.split(",")) {
    const [slot = 0, count = 0, totalMs = 0] = part.split(" ").map(Number);
    const known = slots.get(slot);
    slots.set(slot, { count: count + (known?.count ?? 0), totalMs: totalMs + (known?.totalMs ?? 0) });
  }
  return slots;
}
