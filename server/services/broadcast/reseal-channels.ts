import { eq, isNotNull } from "drizzle-orm";
import { channels } from "#db/schema/broadcast.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { isSealedByNewest, type SealingKeys, UnreadableSecretError } from "#server/kernel/sealed-value.ts";
import { openSecret, sealSecret } from "./channel.ts";

/** Seals what opens each channel with the newest key; what cannot be opened stays as it is. */
export async function resealChannels(
  ctx: Context,
  keys: SealingKeys,
): Promise<{ resealed: number; unreadable: number }> {
  return inTransaction(ctx, async (tx) => {
    const counted = { resealed: 0, unreadable: 0 };
    const rows = await tx.db.select().from(channels).where(isNotNull(channels.sealedSecret)).for("update");
    for (const row of rows) {
      if (isSealedByNewest(keys, row.sealedSecret ?? "")) continue;
      if (problemOf(() => openSecret(keys, row)) !== null) {
        counted.unreadable += 1;
        continue;
      }
      const sealedSecret = sealSecret(keys, row.sealId, openSecret(keys, row));
      await tx.db.update(channels).set({ sealedSecret }).where(eq(channels.id, row.id));
      counted.resealed += 1;
    }
    if (counted.resealed > 0) {
      await record(tx, {
        action: "broadcast/reseal",
        subject: "sealed values",
        after: { changed: counted.resealed },
      });
    }
    return counted;
  });
}

/** Names of the channels that cannot be written to, as no key opens what opens them. */
export async function listUnreadableChannels(
  ctx: Context,
  keys: SealingKeys,
): Promise<{ id: number; name: string; problem: string }[]> {
  const rows = await ctx.db.select().from(channels).where(isNotNull(channels.sealedSecret));
  return rows.flatMap((row) => {
    const problem = problemOf(() => openSecret(keys, row));
    return problem === null ? [] : [{ id: row.id, name: row.name, problem }];
  });
}

function problemOf(open: () => unknown): string | null {
  try {
    open();
    return null;
  } catch (error) {
    if (error instanceof UnreadableSecretError) return error.message;
    throw error;
  }
}
