import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { unpackSlots } from "#server/domain/latency-slots.ts";
import type { ReleaseBucket } from "#server/domain/release-watch.ts";
import { allRoutes } from "#server/domain/route-template.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";

const rowsSchema = z.array(
  z.object({
    beginsAt: z.coerce.number(),
    seconds: z.number(),
    releaseId: z.coerce.number(),
    byShare: z.boolean(),
    requests: z.coerce.number(),
    errors: z.coerce.number(),
    latency: z.string().transform(unpackSlots),
  }),
);

/**
 * What one source counted in buckets that begin from `from` on and before `to`, over all routes, in their order. Where what
 * was counted is not kept any more, buckets are minutes, in which nothing says what was drawn for by share.
 */
export async function readBuckets(
  ctx: Pick<Context, "db">,
  input: { serviceEnvironmentId: number; source: SignalSource; from: Date; to: Date },
): Promise<ReleaseBucket[]> {
  const { serviceEnvironmentId, source, from, to } = input;
  const within = sql`service_environment_id = ${serviceEnvironmentId} and source = ${source}
    and begins_at >= ${from.toISOString()}::timestamptz and begins_at < ${to.toISOString()}::timestamptz`;
  const read = async (buckets: SQL) => {
    const rows = await ctx.db.execute(sql`
      select extract(epoch from begins_at)::float8 as "beginsAt", seconds, release_id as "releaseId", by_share as "byShare",
        sum(requests) as requests, sum(server_errors) as errors, sum(latency)::text as latency
      from ${buckets} as buckets where ${within}
      group by begins_at, seconds, release_id, by_share
      order by begins_at, seconds, release_id, by_share`);
    return rowsSchema.parse([...rows]);
  };
  const counted = await read(sql`request_counts`);
  if (counted.length > 0) return counted;
  return read(
    sql`(select *, 60 as seconds, false as by_share from request_minutes where route = ${allRoutes})`,
  );
}
