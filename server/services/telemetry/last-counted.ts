import { sql } from "drizzle-orm";
import { requestCounts, requestMinutes } from "#db/schema/telemetry.ts";
import { allRoutes } from "#server/domain/route-template.ts";
import { type SignalSource, signalSources } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";

/** When each source last counted a request, the most trusted first; those that never did are left out. */
export async function lastCounted(
  ctx: Pick<Context, "db">,
  serviceEnvironmentId: number,
): Promise<{ source: SignalSource; at: Date }[]> {
  const rows = await ctx.db.execute<{ source: SignalSource; at: string }>(sql`
    select source, to_json(at) #>> '{}' as at
    from unnest(${sql.param([...signalSources])}::text[]) with ordinality as sources(source, place),
      lateral (select greatest(
        (select begins_at from ${requestCounts} as counts
          where service_environment_id = ${serviceEnvironmentId} and counts.source = sources.source
          order by begins_at desc limit 1),
        (select begins_at from ${requestMinutes} as counts
          where service_environment_id = ${serviceEnvironmentId} and counts.source = sources.source
            and route = ${allRoutes}
          order by begins_at desc limit 1)
      ) as at) as counted
    where at is not null
    order by place`);
  return rows.map(({ source, at }) => ({ source, at: new Date(at) }));
}
