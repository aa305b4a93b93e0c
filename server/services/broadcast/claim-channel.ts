import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import { channels } from "#db/schema/broadcast.ts";
import { feedWords } from "#server/domain/feed.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Channel } from "./channel.ts";

/** Longer than any attempt takes: whoever took it over would else write beside it. */
export const leaseEnd = sql`clock_timestamp() + interval '60 s'`;

/** Takes a channel in which something waits and whose time has come; null where there is none. */
export async function claimChannel(ctx: Context): Promise<Channel | null> {
  const rows = await ctx.db.execute(sql`
    update channels set lease_number = lease_number + 1, leased_until = ${leaseEnd}
    where id = (
      select id from channels
      where not is_paused and leased_until <= clock_timestamp() and next_attempt_at <= ${ctx.now().toISOString()}::timestamptz
        and exists (select from deliveries where channel_id = channels.id and state = 'waiting')
      order by next_attempt_at, id limit 1 for update skip locked)
    returning id`);
  const [claimed] = rows;
  if (claimed === undefined) return null;
  const [channel] = await ctx.db
    .select()
    .from(channels)
    .where(eq(channels.id, Number(claimed.id)));
  return channel ?? null;
}

/** Keeps it for another while; false where somebody else has it, or it was paused. */
export async function renewChannel(ctx: Context, { id, leaseNumber }: Channel): Promise<boolean> {
  const rows = await ctx.db.execute(sql`
    update channels set leased_until = ${leaseEnd}
    where id = ${id} and lease_number = ${leaseNumber} and not is_paused returning id`);
  return rows.length > 0;
}

export async function releaseChannel(ctx: Context, { id, leaseNumber }: Channel): Promise<void> {
  await ctx.db.execute(sql`
    update channels set leased_until = '-infinity' where id = ${id} and lease_number = ${leaseNumber}`);
}

const waitingSchema = z.array(
  z.object({
    id: z.coerce.number(),
    itemId: z.coerce.number(),
    eventId: z.string(),
    word: z.enum(feedWords),
    happenedAt: z.coerce.date(),
    isFirst: z.boolean(),
    externalId: z.string().nullable(),
  }),
);
export type Waiting = z.infer<typeof waitingSchema>[number];

/** The oldest that wait in the channel. */
export async function readWaiting(ctx: Context, channelId: number, limit: number): Promise<Waiting[]> {
  const rows = await ctx.db.execute(sql`
    select waiting.id, waiting.item_id as "itemId", waiting.event_id as "eventId", waiting.word,
      waiting.happened_at as "happenedAt", message.external_id as "externalId",
      not exists (
        select from feed_items as earlier
        where earlier.service_environment_id = item.service_environment_id and earlier.state = 'live'
          and (earlier.happened_at, earlier.id) < (item.happened_at, item.id)) as "isFirst"
    from deliveries as waiting
      join feed_items as item on item.id = waiting.item_id
      left join channel_messages as message
        on message.channel_id = waiting.channel_id and message.item_id = waiting.item_id
    where waiting.channel_id = ${channelId} and waiting.state = 'waiting'
    order by waiting.id limit ${limit}`);
  return waitingSchema.parse([...rows]);
}
