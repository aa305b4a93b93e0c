import { eq, isNotNull } from "drizzle-orm";
import { channels } from "#db/schema/broadcast.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { isSealedByNewest, type SealingKeys } from "#server/kernel/sealed-value.ts";
import { openSecret, sealSecret } from "./channel.ts";
import { whyUnreadable } from "./list-unreadable-channels.ts";

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
      if (whyUnreadable(keys, row) !== null) {
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
