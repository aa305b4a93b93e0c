import { eq } from "drizzle-orm";
import { channels } from "#db/schema/broadcast.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { getChannel, openSecret, sealSecret } from "./channel.ts";
import { newSigningSecret } from "./sign-webhook.ts";

const overlapMs = 24 * 3_600_000;

/** The new secret of a webhook, shown this once; for a day messages are signed with the one before as well. */
export async function rotateSigningSecret(
  ctx: Context,
  keys: SealingKeys,
  channelId: number,
): Promise<{ signingSecret: string; formerUntil: Date }> {
  demand(ctx, "manageChannels");
  return inTransaction(ctx, async (tx) => {
    await tx.db.select({ id: channels.id }).from(channels).where(eq(channels.id, channelId)).for("update");
    const channel = await getChannel(tx, channelId);
    if (channel.kind !== "webhook") throw new ConflictError("Only the messages of webhooks are signed.");
    const { url, signingSecret: former = "" } = openSecret(keys, channel);
    const signingSecret = newSigningSecret();
    const formerUntil = new Date(tx.now().getTime() + overlapMs);
    const formerSigningSecret = { value: former, until: formerUntil.toISOString() };
    const sealedSecret = sealSecret(keys, channel.sealId, { url, signingSecret, formerSigningSecret });
    await tx.db.update(channels).set({ sealedSecret }).where(eq(channels.id, channelId));
    await record(tx, {
      action: "broadcast/rotate-signing-secret",
      subject: `channel:${channelId}`,
      after: { formerUntil: formerUntil.toISOString() },
    });
    return { signingSecret, formerUntil };
  });
}
