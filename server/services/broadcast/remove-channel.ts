import { eq } from "drizzle-orm";
import { channels } from "#db/schema/broadcast.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { getChannel } from "./channel.ts";

/** With what waits for it. */
export async function removeChannel(ctx: Context, channelId: number): Promise<void> {
  demand(ctx, "manageChannels");
  await inTransaction(ctx, async (tx) => {
    const { name, kind, destination } = await getChannel(tx, channelId);
    await tx.db.delete(channels).where(eq(channels.id, channelId));
    await record(tx, {
      action: "broadcast/remove-channel",
      subject: `channel:${channelId}`,
      before: { name, kind, destination },
    });
  });
}
