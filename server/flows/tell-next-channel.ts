import { editingKinds } from "#server/domain/broadcast.ts";
import type { FeedRow } from "#server/domain/feed-row.ts";
import { type Message, messageOf } from "#server/domain/message.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Channel } from "#server/services/broadcast/channel.ts";
import {
  claimChannel,
  readWaiting,
  releaseChannel,
  renewChannel,
  type Waiting,
} from "#server/services/broadcast/claim-channel.ts";
import { type Attempt, deliver } from "#server/services/broadcast/deliver.ts";
import type { Outside } from "#server/services/broadcast/outside.ts";
import {
  settleDead,
  settleDelivered,
  settleFailed,
  settleWithdrawn,
} from "#server/services/broadcast/settle.ts";
import { readRowsOf } from "#server/services/feed/read-rows-of.ts";
import { renderNote } from "#server/services/feed/render-note.ts";

const messagesAtOnce = 20;

/**
 * Sends what waits in the channel that is next, and says whether there was one. Any number of monitors may do it at once: a
 * channel's messages are sent one after the other, by whoever holds its lease.
 */
export async function tellNextChannel(ctx: Context, outside: Outside, signal: AbortSignal): Promise<boolean> {
  const channel = await claimChannel(ctx);
  if (channel === null) return false;
  try {
    await tellOne(ctx, outside, channel, signal);
  } finally {
    await releaseChannel(ctx, channel);
  }
  return true;
}

async function tellOne(ctx: Context, outside: Outside, channel: Channel, signal: AbortSignal): Promise<void> {
  // What it knows of its failures is of the time when it was claimed.
  const current = { ...channel };
  while (!signal.aborted && (await renewChannel(ctx, channel))) {
    const waiting = await readWaiting(ctx, channel.id, messagesAtOnce);
    const rows = await readRowsOf(
      ctx,
      waiting.map(({ itemId }) => itemId),
    );
    // Of several that change the same message, each has to know what the one before has made.
    const made = new Map<number, string>();
    for (const told of waiting) {
      if (signal.aborted) return;
      const former = made.get(told.itemId) ?? told.externalId;
      const attempt = await tell(
        ctx,
        outside,
        current,
        { ...told, externalId: former },
        rows.get(told.itemId),
      );
      if (attempt === "stop") return;
      if (attempt !== null) made.set(told.itemId, attempt);
    }
    if (waiting.length < messagesAtOnce) return;
  }
}

/** The name of the message that was made or changed, or null; `stop` where the channel has to wait, or is somebody else's now. */
async function tell(
  ctx: Context,
  outside: Outside,
  channel: Channel,
  told: Waiting,
  row: FeedRow | undefined,
): Promise<string | null | "stop"> {
  const message = row === undefined ? null : messageFor(channel, told, row, outside);
  if (message === null) {
    const reason = "There is nothing of it to tell this channel any more.";
    return (await settleWithdrawn(ctx, channel, told, reason)) ? null : "stop";
  }
  const attempt = await deliver(outside, channel, message, { now: ctx.now(), former: told.externalId });
  if (!(await settle(ctx, channel, told, attempt))) return "stop";
  if (attempt.outcome === "failed") return "stop";
  channel.failures = 0;
  return attempt.outcome === "delivered" ? attempt.externalId : null;
}

function settle(ctx: Context, channel: Channel, told: Waiting, attempt: Attempt): Promise<boolean> {
  if (attempt.outcome === "delivered") return settleDelivered(ctx, channel, told, attempt.externalId);
  if (attempt.outcome === "refused") return settleDead(ctx, channel, told, attempt.reason);
  return settleFailed(ctx, channel, told, attempt);
}

/** A message that is changed in place says how it is now; every other says what happened then. */
function messageFor(channel: Channel, told: Waiting, row: FeedRow, { portalUrl }: Outside): Message | null {
  const isEdited = editingKinds.includes(channel.kind) && told.externalId !== null;
  const telling = {
    eventId: told.eventId,
    word: isEdited && told.word !== "announced" ? ("note" as const) : told.word,
    happenedAt: told.happenedAt.toISOString(),
    isFirst: told.isFirst,
    row,
  };
  return messageOf(telling, { isPublic: channel.isPublic, portalUrl, render: renderNote });
}
