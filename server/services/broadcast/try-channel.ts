import { randomUUID } from "node:crypto";
import { testMessage } from "#server/domain/message.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { getChannel } from "./channel.ts";
import { deliver } from "./deliver.ts";
import type { Outside } from "./outside.ts";

export interface Trial {
  /** Null where it arrived. */
  reason: string | null;
  durationMs: number;
}

/** Sends a test to the channel at once, also where it is paused, and says what came of it. */
export async function tryChannel(ctx: Context, outside: Outside, channelId: number): Promise<Trial> {
  demand(ctx, "manageChannels");
  const channel = await getChannel(ctx, channelId);
  const message = testMessage(randomUUID(), ctx.now(), channel.name, outside.portalUrl);
  const begun = performance.now();
  const attempt = await deliver(outside, channel, message, { now: ctx.now(), former: null });
  const reason = attempt.outcome === "delivered" ? null : attempt.reason;
  await record(ctx, {
    action: "broadcast/try-channel",
    subject: `channel:${channelId}`,
    after: { reason },
  });
  return { reason, durationMs: Math.round(performance.now() - begun) };
}
