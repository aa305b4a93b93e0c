import { asc, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { channelRules, channels } from "#db/schema/broadcast.ts";
import { environments, services } from "#db/schema/services.ts";
import { type ChannelRule, type ChannelView, mostCounted } from "#server/domain/broadcast.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import type { Channel } from "./channel.ts";

/** By name. */
export async function listChannels(ctx: Context): Promise<ChannelView[]> {
  return viewsOf(
    ctx,
    await ctx.db
      .select()
      .from(channels)
      .orderBy(asc(sql`lower(${channels.name})`)),
  );
}

export async function readChannel(ctx: Context, channelId: number): Promise<ChannelView> {
  const [view] = await viewsOf(ctx, await ctx.db.select().from(channels).where(eq(channels.id, channelId)));
  if (view === undefined) throw new NotFoundError("There is no such channel: somebody may have removed it.");
  return view;
}

/** Rules of these channels, in the order in which they were written. */
export async function listRules(
  ctx: Context,
  channelIds: readonly number[],
): Promise<Map<number, ChannelRule[]>> {
  const rules = new Map<number, ChannelRule[]>(channelIds.map((id) => [id, []]));
  if (channelIds.length === 0) return rules;
  const rows = await ctx.db
    .select({
      channelId: channelRules.channelId,
      serviceSlug: services.slug,
      environmentSlug: environments.slug,
      events: channelRules.events,
    })
    .from(channelRules)
    .leftJoin(services, eq(services.id, channelRules.serviceId))
    .leftJoin(environments, eq(environments.id, channelRules.environmentId))
    .where(inArray(channelRules.channelId, [...channelIds]))
    .orderBy(asc(channelRules.id));
  for (const { channelId, ...rule } of rows) rules.get(channelId)?.push(rule);
  return rules;
}

const countsSchema = z.array(
  z.object({
    id: z.coerce.number(),
    waiting: z.coerce.number(),
    dead: z.coerce.number(),
    lastDeliveredAt: z.coerce.date().nullable(),
  }),
);

async function viewsOf(ctx: Context, rows: Channel[]): Promise<ChannelView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [rules, counts] = await Promise.all([listRules(ctx, ids), countDeliveries(ctx, ids)]);
  return rows.map((row) => {
    const { waiting = 0, dead = 0, lastDeliveredAt = null } = counts.get(row.id) ?? {};
    return {
      ...{ id: row.id, name: row.name, kind: row.kind, isPublic: row.isPublic, isPaused: row.isPaused },
      ...{ destination: row.destination, recipients: row.recipients, rules: rules.get(row.id) ?? [] },
      ...{ madeByName: row.madeByName, madeAt: row.madeAt.toISOString(), waiting, dead },
      lastDeliveredAt: lastDeliveredAt?.toISOString() ?? null,
      trouble: troubleOf(row),
    };
  });
}

/** Bounded for each channel, however much it was told. */
async function countDeliveries(ctx: Context, ids: readonly number[]) {
  const few = (state: string) => sql`(
    select count(*) from (
      select from deliveries where channel_id = channels.id and state = ${sql.raw(`'${state}'`)} limit ${mostCounted}) as few)`;
  const rows = await ctx.db.execute(sql`
    select channels.id, ${few("waiting")} as waiting, ${few("dead")} as dead, (
      select ended_at from (
        select state, ended_at from deliveries where channel_id = channels.id order by id desc limit ${mostCounted}
      ) as newest where state = 'delivered' order by ended_at desc limit 1) as "lastDeliveredAt"
    from channels where ${inArray(channels.id, [...ids])}`);
  return new Map(countsSchema.parse([...rows]).map((row) => [row.id, row]));
}

function troubleOf({
  failureReason,
  failingSince,
  failures,
  nextAttemptAt,
}: Channel): ChannelView["trouble"] {
  if (failureReason === null || failingSince === null) return null;
  return {
    reason: failureReason,
    since: failingSince.toISOString(),
    // What was refused is not tried again, and keeps nothing waiting.
    nextAttemptAt: failures === 0 ? null : nextAttemptAt.toISOString(),
  };
}
