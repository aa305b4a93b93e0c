import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { trafficCounts } from "#db/schema/traffic-counts.ts";
import type { SwitchCounts } from "#server/domain/switch-counts.ts";
import type { Context } from "#server/kernel/context.ts";

/** All that was counted in buckets that begin from `from` on, and before `to`. */
export async function sumCounts(
  ctx: Pick<Context, "db">,
  { serviceEnvironmentId, from, to }: { serviceEnvironmentId: number; from: Date; to: Date },
): Promise<SwitchCounts> {
  const sum = (column: AnyPgColumn) => sql<number>`coalesce(sum(${column}), 0)::float8`;
  const [row] = await ctx.db
    .select({
      requests: sum(trafficCounts.requests),
      serverErrors: sum(trafficCounts.serverErrors),
      aborted: sum(trafficCounts.aborted),
      strays: sum(trafficCounts.strays),
    })
    .from(trafficCounts)
    .where(
      and(
        eq(trafficCounts.serviceEnvironmentId, serviceEnvironmentId),
        gte(trafficCounts.beginsAt, from),
        lt(trafficCounts.beginsAt, to),
      ),
    );
  return row ?? { requests: 0, serverErrors: 0, aborted: 0, strays: 0 };
}
