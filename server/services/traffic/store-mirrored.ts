import { sql } from "drizzle-orm";
import type { MirrorCounts } from "#server/domain/mirror.ts";
import type { Context } from "#server/kernel/context.ts";

/** Adds to this minute what became of copies. Of service environments that are gone nothing is kept. */
export async function storeMirrored(
  ctx: Pick<Context, "db">,
  rows: readonly (MirrorCounts & { serviceEnvironmentId: number })[],
): Promise<void> {
  await ctx.db.execute(sql`
    insert into mirror_counts as known (service_environment_id, begins_at, answered, failed, left_out)
    select place.id, date_trunc('minute', clock_timestamp()), given.answered, given.failed, given."leftOut"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given("serviceEnvironmentId" bigint,
      answered integer, failed integer, "leftOut" integer)
    join service_environments place on place.id = given."serviceEnvironmentId"
    -- In one order, as other routers do: they wait for each other instead of a deadlock.
    order by place.id
    on conflict (service_environment_id, begins_at) do update set
      answered = known.answered + excluded.answered,
      failed = known.failed + excluded.failed,
      left_out = known.left_out + excluded.left_out`);
}
