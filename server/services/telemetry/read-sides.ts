import { sql } from "drizzle-orm";
import { z } from "zod";
import { quantileMs, unpackSlots } from "#server/domain/latency-slots.ts";
import type { SideCounts } from "#server/domain/shares.ts";
import type { Context } from "#server/kernel/context.ts";

const rowsSchema = z.array(
  z.object({
    releaseId: z.coerce.number(),
    requests: z.number(),
    clientErrors: z.number(),
    serverErrors: z.number(),
    aborted: z.number(),
    slots: z.string().transform(unpackSlots),
  }),
);

/** What routers counted of each release since then, of the requests that were drawn for by share: by the release's id. */
export async function readSides(
  ctx: Pick<Context, "db">,
  { serviceEnvironmentId, since }: { serviceEnvironmentId: number; since: Date },
): Promise<Map<number, SideCounts>> {
  const rows = await ctx.db.execute(sql`
    select release_id as "releaseId", sum(requests)::float8 as requests, sum(client_errors)::float8 as "clientErrors",
      sum(server_errors)::float8 as "serverErrors", sum(aborted)::float8 as aborted, sum(latency)::text as slots
    from request_counts
    where service_environment_id = ${serviceEnvironmentId} and source = 'router' and by_share
      -- Buckets begin with whole seconds.
      and begins_at >= date_trunc('second', ${since.toISOString()}::timestamptz)
    group by release_id`);
  return new Map(
    rowsSchema
      .parse([...rows])
      .map(({ releaseId, slots, ...counts }) => [
        releaseId,
        { ...counts, p50Ms: quantileMs(slots, 0.5), p99Ms: quantileMs(slots, 0.99) },
      ]),
  );
}
