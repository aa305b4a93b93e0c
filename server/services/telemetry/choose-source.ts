import { sql } from "drizzle-orm";
import { type SignalSource, signalSources } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";

/** The most trusted of the sources that counted anything in buckets that begin from `from` on and before `to`; the router where none did. */
export async function chooseSource(
  ctx: Pick<Context, "db">,
  input: { serviceEnvironmentId: number; from: Date; to: Date },
): Promise<SignalSource> {
  const { serviceEnvironmentId, from, to } = input;
  const [row] = await ctx.db.execute<{ source: SignalSource }>(sql`
    select source from unnest(${sql.param([...signalSources])}::text[]) with ordinality as sources(source, place)
    where exists (
      select from request_counts
      where service_environment_id = ${serviceEnvironmentId} and request_counts.source = sources.source
        and begins_at >= ${from.toISOString()}::timestamptz and begins_at < ${to.toISOString()}::timestamptz
    )
    order by place limit 1`);
  return row?.source ?? "router";
}
