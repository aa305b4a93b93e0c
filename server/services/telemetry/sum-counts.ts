import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { requestCounts } from "#db/schema/telemetry.ts";
import type { SwitchCounts } from "#server/domain/switch-counts.ts";
import type { Context } from "#server/kernel/context.ts";

/** All that routers counted in buckets that begin from `from` on, and before `to`. */
export async function sumCounts(
  ctx: Pick<Context, "db">,
  { serviceEnvironmentId, from, to }: { serviceEnvironmentId: number; from: Date; to: Date },
): Promise<SwitchCounts> {
  const sum = (column: AnyPgColumn) => sql<number>`coalesce(sum(${column}), 0)::float8`;
  const [row] = await ctx.db
    .select({
      requests: sum(requestCounts.requests),
      serverErrors: sum(requestCounts.serverErrors),
      aborted: sum(requestCounts.aborted),
      strays: sum(requestCounts.strays),
    })
    .from(requestCounts)
    .where(
      and(
        eq(requestCounts.serviceEnvironmentId, serviceEnvironmentId),
        eq(requestCounts.source, "router"),
        gte(requestCounts.beginsAt, from),
        lt(requestCounts.beginsAt, to),
      ),
    );
  return row ?? { requests: 0, serverErrors: 0, aborted: 0, strays: 0 };
}
