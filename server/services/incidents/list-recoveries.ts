import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Mitigation, mitigations } from "#server/domain/incident.ts";
import type { RecoveryCard, UsualTime } from "#server/domain/incident-views.ts";
import type { Context } from "#server/kernel/context.ts";
import { readBriefs } from "./read-briefs.ts";
import { readEvents, readThanks } from "./read-details.ts";

/** The newest recoveries, with who helped and who is thankful. What was only suspected and went by itself is none. */
export async function listRecoveries(ctx: Context, limit: number): Promise<RecoveryCard[]> {
  return cardsOf(
    ctx,
    await readBriefs(
      ctx,
      sql`incidents.state = 'recovered' and (incidents.affected > 0 or incidents.mitigating_deployment_id is not null)
      order by incidents.recovered_at desc limit ${limit}`,
    ),
  );
}

export async function cardsOf(ctx: Context, incidents: RecoveryCard["incident"][]): Promise<RecoveryCard[]> {
  const ids = incidents.map(({ id }) => id);
  const [events, thanks, writeUps] = await Promise.all([
    readEvents(ctx, ids),
    readThanks(ctx, ids),
    readWriteUps(ctx, ids),
  ]);
  return incidents.map((incident) => ({
    incident,
    events: events.get(incident.id) ?? [],
    thanks: thanks.get(incident.id) ?? [],
    wroteUp: writeUps.has(incident.id),
    actions: writeUps.get(incident.id) ?? { done: 0, all: 0 },
  }));
}

const writeUpsSchema = z.array(
  z.object({ id: z.coerce.number(), done: z.coerce.number(), all: z.coerce.number() }),
);

async function readWriteUps(ctx: Context, ids: number[]): Promise<Map<number, RecoveryCard["actions"]>> {
  if (ids.length === 0) return new Map();
  const list = sql.join(
    ids.map((id) => sql`${id}::bigint`),
    sql`, `,
  );
  const rows = await ctx.db.execute(sql`
    select write_ups.incident_id as id, count(write_up_actions.id) as "all", count(write_up_actions.done_at) as done
    from write_ups left join write_up_actions using (incident_id)
    where incident_id in (${list}) group by write_ups.incident_id`);
  return new Map(writeUpsSchema.parse([...rows]).map(({ id, done, all }) => [id, { done, all }]));
}

const usualSchema = z.array(
  z.object({ mitigation: z.enum(mitigations), medianMs: z.coerce.number(), count: z.coerce.number() }),
);
const sampleSize = 20;

/** How long each way out took this team (or this service, where it has none), from detecting it to users being well. */
export async function readUsualTimes(
  ctx: Context,
  { team, serviceSlug }: { team: string | null; serviceSlug: string },
): Promise<Map<Mitigation, UsualTime>> {
  const whose = team === null ? sql`services.slug = ${serviceSlug}` : sql`services.team = ${team}`;
  const rows = await ctx.db.execute(sql`
    with samples as (
      select mitigation, extract(epoch from greatest(mitigated_at - detected_at, '0'::interval)) * 1000 as ms,
        row_number() over (partition by mitigation order by incidents.id desc) as place
      from incidents
        join service_environments on service_environments.id = incidents.service_environment_id
        join services on services.id = service_environments.service_id
      where ${whose} and mitigation is not null and incidents.state = 'recovered'
    )
    select mitigation, percentile_cont(0.5) within group (order by ms) as "medianMs", count(*) as count
    from samples where place <= ${sampleSize} group by mitigation`);
  return new Map(usualSchema.parse([...rows]).map((usual) => [usual.mitigation, usual]));
}

const bestSchema = z.array(
  z.object({
    name: z.string(),
    bestMs: z.coerce.number(),
    medianMs: z.coerce.number(),
    pastMedianMs: z.coerce.number().nullable(),
  }),
);

/** How fast a team, or a service of no team, recovered in this span, beside its own past. */
export type OwnBest = z.infer<typeof bestSchema>[number];

/** Each against its own past, in the order of names: none is held against another. */
export async function readOwnBests(ctx: Context, days: number): Promise<OwnBest[]> {
  const since = new Date(ctx.now().getTime() - days * 86_400_000).toISOString();
  const rows = await ctx.db.execute(sql`
    with taken as (
      select coalesce(services.team, services.name) as name, recovered_at,
        extract(epoch from recovered_at - began_at) * 1000 as ms
      from incidents
        join service_environments on service_environments.id = incidents.service_environment_id
        join services on services.id = service_environments.service_id
      where incidents.state = 'recovered' and affected > 0 and recovered_at > now() - interval '400 days'
    )
    select name, min(ms) as "bestMs",
      percentile_cont(0.5) within group (order by ms) filter (where recovered_at >= ${since}::timestamptz) as "medianMs",
      percentile_cont(0.5) within group (order by ms) filter (where recovered_at < ${since}::timestamptz) as "pastMedianMs"
    from taken group by name having count(*) filter (where recovered_at >= ${since}::timestamptz) > 0
    order by name`);
  return bestSchema.parse([...rows]);
}
