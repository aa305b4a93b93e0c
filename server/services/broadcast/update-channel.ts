import { eq } from "drizzle-orm";
import { channels } from "#db/schema/broadcast.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { type Channel, getChannel, nameTaken, openSecret, sealSecret } from "./channel.ts";
import { listRules } from "./list-channels.ts";
import { type ChannelInput, parseChannel } from "./parse-channel.ts";
import { writeRules } from "./write-rules.ts";

/** What opens it stays as it is where nothing new is given. The next attempt is made at once. */
export async function updateChannel(
  ctx: Context,
  keys: SealingKeys,
  channelId: number,
  input: ChannelInput,
): Promise<void> {
  demand(ctx, "manageChannels");
  await inTransaction(ctx, async (tx) => {
    const before = await getChannel(tx, channelId);
    const { name, destination, recipients, secret } = parseChannel(before.kind, input, before.destination);
    await writeChannel(tx, before, {
      name,
      isPublic: input.isPublic,
      destination,
      recipients,
      sealedSecret: renewed(keys, before, secret),
    });
    const rulesBefore = (await listRules(tx, [channelId])).get(channelId) ?? [];
    await writeRules(tx, channelId, input.rules);
    await notify(tx, "channel", channelId);
    await record(tx, {
      action: "broadcast/update-channel",
      subject: `channel:${channelId}`,
      before: {
        name: before.name,
        isPublic: before.isPublic,
        destination: before.destination,
        rules: rulesBefore,
      },
      after: { name, isPublic: input.isPublic, destination, rules: input.rules },
    });
  });
}

type Written = Pick<Channel, "name" | "isPublic" | "destination" | "recipients" | "sealedSecret">;

async function writeChannel(tx: Context, { id }: Channel, written: Written): Promise<void> {
  const [taken] = await tx.db
    .select({ id: channels.id })
    .from(channels)
    .where(eq(channels.name, written.name));
  if (taken !== undefined && taken.id !== id) throw nameTaken(written.name);
  await tx.db
    .update(channels)
    .set({ ...written, nextAttemptAt: tx.now() })
    .where(eq(channels.id, id));
}

/** The rest of a webhook's secret stays beside a new address. */
function renewed(
  keys: SealingKeys,
  before: Channel,
  given: { url?: string | undefined; token?: string | undefined },
) {
  if (given.url === undefined && given.token === undefined) return before.sealedSecret;
  const kept = before.kind === "webhook" ? openSecret(keys, before) : {};
  return sealSecret(keys, before.sealId, { ...kept, ...given });
}
