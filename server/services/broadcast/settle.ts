import { type SQL, sql } from "drizzle-orm";
import { channelMessages } from "#db/schema/broadcast.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Channel } from "./channel.ts";
import { leaseEnd, type Waiting } from "./claim-channel.ts";

/** So long a message is tried, with growing pauses, until it is given up. */
const triedForMs = 24 * 3_600_000;
const firstPauseMs = 5_000;
const longestPauseMs = 3_600_000;

/**
 * What became of an attempt. Each answers false where the channel's lease has passed on: then nothing was written. Else the
 * lease begins anew, for the next message.
 */

export async function settleDelivered(
  ctx: Context,
  channel: Channel,
  told: Waiting,
  externalId: string | null,
) {
  const keep =
    externalId === null
      ? sql`select`
      : sql`insert into ${channelMessages} (channel_id, item_id, external_id)
          select channel_id, item_id, ${externalId} from settled
          on conflict (channel_id, item_id) do update set external_id = excluded.external_id`;
  return isWritten(
    await ctx.db.execute(sql`
      with held as (
        update channels set failing_since = null, failure_reason = null, failures = 0, leased_until = ${leaseEnd}
        where ${held(channel)} returning id
      ), settled as (${ended(ctx, told, "delivered", null)}), kept as (${keep})
      select id from settled`),
  );
}

/** No longer for the eyes of who reads the channel, or nothing to tell any more. */
export async function settleWithdrawn(ctx: Context, channel: Channel, told: Waiting, reason: string) {
  return isWritten(
    await ctx.db.execute(sql`
      with held as (${holding(channel)}), settled as (${ended(ctx, told, "withdrawn", reason)})
      select id from settled`),
  );
}

/** It cannot be delivered, however often it is tried. */
export async function settleDead(ctx: Context, channel: Channel, told: Waiting, reason: string) {
  return isWritten(
    await ctx.db.execute(sql`
      with held as (
        update channels set failing_since = coalesce(failing_since, ${now(ctx)}), failure_reason = ${reason}, failures = 0,
          leased_until = ${leaseEnd}
        where ${held(channel)} returning id
      ), settled as (${ended(ctx, told, "dead", reason)})
      select id from settled`),
  );
}

/** The whole channel waits until the next attempt; what has waited for too long is given up. */
export async function settleFailed(
  ctx: Context,
  channel: Channel,
  told: Waiting,
  { reason, retryAfterMs }: { reason: string; retryAfterMs: number | null },
) {
  const pauseMs = Math.min(
    longestPauseMs,
    Math.max(retryAfterMs ?? 0, firstPauseMs * 2 ** Math.min(channel.failures, 20)),
  );
  const nextAttemptAt = new Date(ctx.now().getTime() + pauseMs).toISOString();
  const givenUpBefore = new Date(ctx.now().getTime() - triedForMs).toISOString();
  return isWritten(
    await ctx.db.execute(sql`
      with held as (
        update channels set failing_since = coalesce(failing_since, ${now(ctx)}), failure_reason = ${reason},
          failures = failures + 1, next_attempt_at = ${nextAttemptAt}::timestamptz, leased_until = '-infinity'
        where ${held(channel)} returning id
      ), tried as (
        update deliveries set attempts = attempts + 1,
          state = case when waits_since < ${givenUpBefore}::timestamptz then 'dead' else state end,
          ended_at = case when waits_since < ${givenUpBefore}::timestamptz then ${now(ctx)} end,
          reason = case when waits_since < ${givenUpBefore}::timestamptz then ${`Given up after a day. ${reason}`} end
        from held
        where deliveries.channel_id = held.id and state = 'waiting'
          and (deliveries.id = ${told.id} or waits_since < ${givenUpBefore}::timestamptz)
        returning deliveries.id
      )
      select id from held`),
  );
}

const held = ({ id, leaseNumber }: Channel) => sql`id = ${id} and lease_number = ${leaseNumber}`;
const holding = (channel: Channel) => sql`select id from channels where ${held(channel)} for update`;
const now = (ctx: Context) => sql`${ctx.now().toISOString()}::timestamptz`;

function ended(ctx: Context, { id }: Waiting, state: string, reason: string | null): SQL {
  return sql`
    update deliveries set state = ${state}, ended_at = ${now(ctx)}, attempts = attempts + 1, reason = ${reason}
    from held where deliveries.id = ${id} and deliveries.channel_id = held.id and state = 'waiting'
    returning deliveries.id, deliveries.channel_id, deliveries.item_id`;
}

function isWritten(rows: ArrayLike<unknown>): boolean {
  return rows.length > 0;
}
