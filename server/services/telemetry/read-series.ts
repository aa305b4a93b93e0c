import { sql } from "drizzle-orm";
import { z } from "zod";
import { grainOf } from "#server/domain/count-steps.ts";
import { unpackSlots } from "#server/domain/latency-slots.ts";
import type { StretchCounts } from "#server/domain/release-series.ts";
import type { Context } from "#server/kernel/context.ts";
import { type CountedPlace, sumsBetween } from "./sums-between.ts";

const rowsSchema = z.array(
  z.object({
    releaseId: z.coerce.number(),
    step: z.coerce.number(),
    requests: z.coerce.number(),
    errors: z.coerce.number(),
    latency: z.string().transform(unpackSlots),
  }),
);

/** So late the last counts of a stretch may come. */
const toldAfterMs = 15_000;
/** A stretch that goes on is told of once there is so much of it. */
const leastSeconds = 60;

/**
 * What one source counted of some releases, over all routes, in steps of so many seconds from `from` on: by the release's
 * id, in order, none where nothing was counted. The last step goes as far as is known.
 */
export async function readSeries(
  ctx: Pick<Context, "db" | "now">,
  place: CountedPlace,
  { from, to, stepSeconds }: { from: Date; to: Date; stepSeconds: number },
): Promise<Map<number, StretchCounts[]>> {
  const now = ctx.now();
  const range = { from, to, grain: grainOf(stepSeconds), routes: "all" } as const;
  if (from >= to) return new Map();
  const rows = await ctx.db.execute(sql`
    select release_id as "releaseId", sum(requests) as requests, sum(server_errors) as errors, sum(latency)::text as latency,
      floor(extract(epoch from begins_at - ${from.toISOString()}::timestamptz) / ${stepSeconds}::int) as step
    from (${sumsBetween(place, range, now)}) as counted
    group by release_id, step order by release_id, step`);
  const begin = from.getTime() / 1_000;
  const end = Math.floor(Math.min(to.getTime(), now.getTime() - toldAfterMs) / 1_000);
  const stretches = rowsSchema.parse([...rows]).flatMap(({ step, releaseId, ...counts }) => {
    const beginsAt = begin + step * stepSeconds;
    const seconds = Math.min(stepSeconds, end - beginsAt);
    return seconds < Math.min(stepSeconds, leastSeconds) ? [] : [{ releaseId, beginsAt, seconds, ...counts }];
  });
  return Map.groupBy(stretches, ({ releaseId }) => releaseId);
}
