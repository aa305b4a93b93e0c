import { and, eq, ne } from "drizzle-orm";
import { channels } from "#db/schema/broadcast.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { getChannel } from "./channel.ts";

/** Paused, a channel is sent nothing: what waits goes on waiting, and what happens meanwhile is not told later. */
export async function pauseChannel(ctx: Context, channelId: number, isPaused: boolean): Promise<void> {
  demand(ctx, "manageChannels");
  await inTransaction(ctx, async (tx) => {
    await getChannel(tx, channelId);
    const changed = await tx.db
      .update(channels)
      .set({ isPaused, nextAttemptAt: tx.now() })
      .where(and(eq(channels.id, channelId), ne(channels.isPaused, isPaused)))
      .returning({ id: channels.id });
    if (changed.length === 0) return;
    await notify(tx, "channel", channelId);
    await record(tx, {
      action: isPaused ? "broadcast/pause-channel" : "broadcast/resume-channel",
      subject: `channel:${channelId}`,
    });
  });
}
