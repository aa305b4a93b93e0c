import { isNotNull } from "drizzle-orm";
import { channels } from "#db/schema/broadcast.ts";
import type { Context } from "#server/kernel/context.ts";
import { type SealingKeys, UnreadableSecretError } from "#server/kernel/sealed-value.ts";
import { type Channel, openSecret } from "./channel.ts";

/** Channels that cannot be written to, as no key opens what opens them, and why. */
export async function listUnreadableChannels(
  ctx: Context,
  keys: SealingKeys,
): Promise<{ id: number; name: string; problem: string }[]> {
  const rows = await ctx.db.select().from(channels).where(isNotNull(channels.sealedSecret));
  return rows.flatMap((row) => {
    const problem = whyUnreadable(keys, row);
    return problem === null ? [] : [{ id: row.id, name: row.name, problem }];
  });
}

export function whyUnreadable(keys: SealingKeys, channel: Channel): string | null {
  try {
    openSecret(keys, channel);
    return null;
  } catch (error) {
    if (error instanceof UnreadableSecretError) return error.message;
    throw error;
  }
}
