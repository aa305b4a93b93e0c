import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";
import { notificationOf } from "#server/kernel/notifications.ts";

const watchedForMs = 30_000;
/** Not with each look: while more than this is left nothing is written. */
const renewedBelowMs = 20_000;

/** Somebody looks at the instance's output: its worker is told to show it, and stops when nobody says so any more. */
export async function watchOutput(ctx: Context, { instanceId }: { instanceId: number }): Promise<void> {
  const now = sql`clock_timestamp()`;
  await ctx.db.execute(sql`
    with former as (
      select id, worker_id, output_watched_until as until from instances
      where id = ${instanceId} and status <> 'ended'
        and coalesce(output_watched_until, '-infinity') < ${now} + ${renewedBelowMs} * interval '1 millisecond'
    ), watched as (
      update instances set output_watched_until = ${now} + ${watchedForMs} * interval '1 millisecond'
      from former where instances.id = former.id returning instances.id
    )
    select ${notificationOf("watch", sql`former.worker_id::text`, sql`null::jsonb`)}
    from former join watched using (id) where coalesce(former.until, '-infinity') < ${now}`);
}
