import { sql } from "drizzle-orm";
import { z } from "zod";
import type { CalmStreak } from "#server/domain/insights.ts";
import type { Context } from "#server/kernel/context.ts";
import { type CountedPlaces, countsOf } from "./read-counts.ts";

const streakSchema = z.object({ deployments: z.coerce.number(), sinceDay: z.string().nullable() });

/** The deployments since the last day on which one of them needed a remedy. */
export async function readCalm(ctx: Pick<Context, "db">, places: CountedPlaces): Promise<CalmStreak> {
  const [row] = await ctx.db.execute(sql`
    with last as (
      select max(begins_on) as failed_on from insight_counts
      where ${countsOf(places)} and level = 'day' and measure = 'failures')
    select coalesce(sum(count), 0) as deployments, (select failed_on::text from last) as "sinceDay"
    from insight_counts
    where ${countsOf(places)} and level = 'day' and measure = 'deployments'
      and begins_on > coalesce((select failed_on from last), '-infinity')`);
  return streakSchema.parse(row);
}

const teamsSchema = z.array(streakSchema.extend({ team: z.string() }));

/** The same for each team, over all its services in production. */
export async function listCalmTeams(ctx: Pick<Context, "db">): Promise<(CalmStreak & { team: string })[]> {
  const rows = await ctx.db.execute(sql`
    with places as (
      select service_environments.id as place, team
      from services join service_environments on service_id = services.id
        join environments on environments.id = environment_id and is_production
      where team is not null
    ), last as (
      select team, max(failed_on) as failed_on
      from places left join lateral (
        select begins_on as failed_on from insight_counts
        where service_environment_id = place and level = 'day' and measure = 'failures'
        order by begins_on desc limit 1) as failures on true
      group by team)
    select team, last.failed_on::text as "sinceDay", sum(count) as deployments
    from places join last using (team)
      join insight_counts on service_environment_id = place and level = 'day' and measure = 'deployments'
        and begins_on > coalesce(last.failed_on, '-infinity')
    group by team, last.failed_on order by team`);
  return teamsSchema.parse([...rows]);
}
