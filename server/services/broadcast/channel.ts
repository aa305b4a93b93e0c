import { eq } from "drizzle-orm";
import { z } from "zod";
import { channels } from "#db/schema/broadcast.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { openSealed, type SealedText, type SealingKeys, sealValue } from "#server/kernel/sealed-value.ts";

/**
 * This room owns where broadcasts go: channels with their rules, and the messages on their way there. What is told
 * stands in the feed; each kind of channel puts it into its own form.
 */
export type Channel = typeof channels.$inferSelect;

/** What opens a channel, as it is sealed. */
export const channelSecretSchema = z.object({
  /** Of Slack's incoming webhooks, Discord, Teams and webhooks. */
  url: z.string().optional(),
  /** Of a Slack bot. */
  token: z.string().optional(),
  /** Of a webhook: what its messages are signed with, and until when with the one before, too. */
  signingSecret: z.string().optional(),
  formerSigningSecret: z.object({ value: z.string(), until: z.iso.datetime() }).optional(),
});
export type ChannelSecret = z.infer<typeof channelSecretSchema>;

export function sealSecret(keys: SealingKeys, sealId: string, secret: ChannelSecret): SealedText {
  return sealValue(keys, JSON.stringify(secret), placeOf(sealId));
}

/** Throws UnreadableSecretError. */
export function openSecret(
  keys: SealingKeys,
  channel: Pick<Channel, "sealId" | "sealedSecret">,
): ChannelSecret {
  if (channel.sealedSecret === null) return {};
  return channelSecretSchema.parse(
    JSON.parse(openSealed(keys, channel.sealedSecret, placeOf(channel.sealId))),
  );
}

function placeOf(sealId: string): string {
  return `channels/${sealId}/sealed_secret`;
}

export async function getChannel(ctx: Context, id: number): Promise<Channel> {
  const [channel] = await ctx.db.select().from(channels).where(eq(channels.id, id));
  if (channel === undefined)
    throw new NotFoundError("There is no such channel: somebody may have removed it.");
  return channel;
}

export function nameTaken(name: string): ConflictError {
  return new ConflictError(`There is a channel ${name} already.`);
}
