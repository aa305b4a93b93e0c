import { randomUUID } from "node:crypto";
import { channels } from "#db/schema/broadcast.ts";
import type { ChannelKind } from "#server/domain/broadcast.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { nameTaken, sealSecret } from "./channel.ts";
import { type ChannelInput, parseChannel } from "./parse-channel.ts";
import { newSigningSecret } from "./sign-webhook.ts";
import { writeRules } from "./write-rules.ts";

/** `signingSecret` is a webhook's, shown this once. ValidationError names the field; ConflictError where the name is taken. */
export async function createChannel(
  ctx: Context,
  keys: SealingKeys,
  kind: ChannelKind,
  input: ChannelInput,
): Promise<{ id: number; signingSecret: string | null }> {
  demand(ctx, "manageChannels");
  const { name, destination, recipients, secret } = parseChannel(kind, input, null);
  const sealId = randomUUID();
  const signingSecret = kind === "webhook" ? newSigningSecret() : null;
  const whole = signingSecret === null ? secret : { ...secret, signingSecret };
  const sealedSecret = kind === "email" ? null : sealSecret(keys, sealId, whole);
  const { isPublic } = input;
  return inTransaction(ctx, async (tx) => {
    const [made] = await tx.db
      .insert(channels)
      .values({
        sealId,
        name,
        kind,
        isPublic,
        destination,
        recipients,
        sealedSecret,
        madeByName: tx.actor.name,
      })
      .onConflictDoNothing()
      .returning({ id: channels.id });
    if (made === undefined) throw nameTaken(name);
    await writeRules(tx, made.id, input.rules);
    await record(tx, {
      action: "broadcast/create-channel",
      subject: `channel:${made.id}`,
      after: { name, kind, isPublic, destination, rules: input.rules },
    });
    return { id: made.id, signingSecret };
  });
}
