import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Answer } from "#server/domain/verdict.ts";
import type { Context } from "#server/kernel/context.ts";

/** A stretch of time in which a release of a service environment is held against itself. */
export interface Trial {
  serviceEnvironmentId: number;
  from: Date;
  to: Date;
}

const rowsSchema = z.array(z.object({ id: z.coerce.number() }));

/**
 * Service environments in production where the verdict was not tried for this stretch. Where it said of a release that was
 * watched then that it is worse, it is not tried: only what is well can show what a false alarm is.
 */
export async function listUntried(
  ctx: Pick<Context, "db">,
  { from, to }: Omit<Trial, "serviceEnvironmentId">,
) {
  const rows = await ctx.db.execute(sql`
    select service_environments.id
    from service_environments join environments on environments.id = environment_id and is_production
    where not exists (
      select from verdict_trials
      where service_environment_id = service_environments.id and last_began_at >= ${from.toISOString()}::timestamptz
    ) and not exists (
      select from health_reviews
      where service_environment_id = service_environments.id and answer = 'worse'
        and opened_at < ${to.toISOString()}::timestamptz and watch_until > ${from.toISOString()}::timestamptz
    )
    order by service_environments.id`);
  return rowsSchema.parse([...rows]).map(({ id }) => id);
}

/** Counts what a trial said, once. */
export async function recordTrial(
  ctx: Context,
  { serviceEnvironmentId, from }: Trial,
  answer: Answer,
): Promise<void> {
  const at = from.toISOString();
  await ctx.db.execute(sql`
    insert into verdict_trials (service_environment_id, day, trials, worse, no_worse, last_began_at)
    values (${serviceEnvironmentId}, ${at.slice(0, 10)}, 1, ${Number(answer === "worse")},
      ${Number(answer === "no-worse")}, ${at}::timestamptz)
    on conflict (service_environment_id, day) do update set
      trials = verdict_trials.trials + 1, worse = verdict_trials.worse + excluded.worse,
      no_worse = verdict_trials.no_worse + excluded.no_worse, last_began_at = excluded.last_began_at
    where verdict_trials.last_began_at < excluded.last_began_at`);
}
