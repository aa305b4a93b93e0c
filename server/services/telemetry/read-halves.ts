import { sql } from "drizzle-orm";
import { z } from "zod";
import { unpackSlots } from "#server/domain/latency-slots.ts";
import type { HalfBucket } from "#server/domain/verdict-trial.ts";
import type { Context } from "#server/kernel/context.ts";

const rowsSchema = z.array(
  z.object({
    beginsAt: z.coerce.number(),
    seconds: z.number(),
    releaseId: z.coerce.number(),
    half: z.union([z.literal(0), z.literal(1)]),
    requests: z.coerce.number(),
    errors: z.coerce.number(),
    latency: z.string().transform(unpackSlots),
  }),
);

/** What the routers counted of each release in buckets that begin from `from` on and before `to`, by halves, in order. */
export async function readHalves(
  ctx: Pick<Context, "db">,
  input: { serviceEnvironmentId: number; from: Date; to: Date },
): Promise<(HalfBucket & { releaseId: number })[]> {
  const { serviceEnvironmentId, from, to } = input;
  const rows = await ctx.db.execute(sql`
    select extract(epoch from begins_at)::float8 as "beginsAt", max(seconds) as seconds, release_id as "releaseId", half,
      sum(requests) as requests, sum(server_errors) as errors, sum(latency)::text as latency
    from request_counts
    where service_environment_id = ${serviceEnvironmentId} and source = 'router' and release_id <> 0
      and begins_at >= ${from.toISOString()}::timestamptz and begins_at < ${to.toISOString()}::timestamptz
    group by begins_at, release_id, half
    order by begins_at, release_id, half`);
  return rowsSchema.parse([...rows]);
}
