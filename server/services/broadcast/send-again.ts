import { sql } from "drizzle-orm";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { getChannel } from "./channel.ts";

const mostAtOnce = 1_000;

/**
 * Lets what was given up wait once more, under the name that it had: one message, or the oldest thousand of the channel.
 * ConflictError where none is given up.
 */
export async function sendAgain(
  ctx: Context,
  input: { channelId: number; deliveryId: number | null },
): Promise<{ count: number }> {
  demand(ctx, "manageChannels");
  return inTransaction(ctx, async (tx) => {
    await getChannel(tx, input.channelId);
    const isAsked = input.deliveryId === null ? sql`true` : sql`id = ${input.deliveryId}`;
    const now = sql`${tx.now().toISOString()}::timestamptz`;
    const rows = await tx.db.execute(sql`
      update deliveries set state = 'waiting', ended_at = null, reason = null, waits_since = ${now}
      where id in (
        select id from deliveries where channel_id = ${input.channelId} and state = 'dead' and ${isAsked}
        order by id limit ${mostAtOnce} for update)
      returning id`);
    if (rows.length === 0)
      throw new ConflictError("There is nothing to send again: somebody else may have done it.");
    await tx.db.execute(sql`update channels set next_attempt_at = ${now} where id = ${input.channelId}`);
    await notify(tx, "channel", input.channelId);
    await record(tx, {
      action: "broadcast/send-again",
      subject: `channel:${input.channelId}`,
      after: { count: rows.length, delivery: input.deliveryId },
    });
    return { count: rows.length };
  });
}
