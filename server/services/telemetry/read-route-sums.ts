import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Grain } from "#server/domain/count-steps.ts";
import { unpackSlots } from "#server/domain/latency-slots.ts";
import type { Context } from "#server/kernel/context.ts";
import { type CountedPlace, sumsBetween } from "./sums-between.ts";

const rowsSchema = z.array(
  z.object({
    releaseId: z.coerce.number(),
    route: z.string(),
    requests: z.coerce.number(),
    errors: z.coerce.number(),
    latency: z.string().transform(unpackSlots),
  }),
);
export type RouteSum = z.output<typeof rowsSchema>[number];

const longestOfMinutesMs = 3_600_000;
const unitMs = { minutes: 60_000, hours: 3_600_000 };

/** What one source counted of each route of some releases in a range of time: by the minute up to an hour, beyond it by whole hours. */
export async function readRouteSums(
  ctx: Pick<Context, "db" | "now">,
  place: CountedPlace,
  { from, to }: { from: Date; to: Date },
): Promise<RouteSum[]> {
  const grain = (to.getTime() - from.getTime() <= longestOfMinutesMs ? "minutes" : "hours") satisfies Grain;
  const floor = (moment: Date) => new Date(Math.floor(moment.getTime() / unitMs[grain]) * unitMs[grain]);
  const range = { grain, from: floor(from), to, routes: "each" } as const;
  const rows = await ctx.db.execute(sql`
    select release_id as "releaseId", route, sum(requests) as requests, sum(server_errors) as errors,
      sum(latency)::text as latency
    from (${sumsBetween(place, range, ctx.now())}) as counted
    group by release_id, route`);
  return rowsSchema.parse([...rows]);
}
