import { sql } from "drizzle-orm";
import { z } from "zod";
import { type DeliveryState, deliveryStates } from "#server/domain/broadcast.ts";
import { feedWords } from "#server/domain/feed.ts";
import type { Context } from "#server/kernel/context.ts";

const rowsSchema = z.array(
  z.object({
    id: z.coerce.number(),
    itemId: z.coerce.number(),
    eventId: z.string(),
    state: z.enum(deliveryStates),
    word: z.enum(feedWords),
    happenedAt: z.coerce.date(),
    attempts: z.number(),
    endedAt: z.coerce.date().nullable(),
    reason: z.string().nullable(),
  }),
);
export type DeliveryRow = z.infer<typeof rowsSchema>[number];

/** Newest first, and how to go on. */
export async function listDeliveries(
  ctx: Context,
  asked: { channelId: number; state: DeliveryState | null; before: number | null; limit: number },
): Promise<{ rows: DeliveryRow[]; nextBefore: number | null }> {
  const found = rowsSchema.parse([
    ...(await ctx.db.execute(sql`
      select id, item_id as "itemId", event_id as "eventId", state, word, happened_at as "happenedAt", attempts,
        ended_at as "endedAt", reason
      from deliveries
      where channel_id = ${asked.channelId}
        and ${asked.state === null ? sql`true` : sql`state = ${asked.state}`}
        and ${asked.before === null ? sql`true` : sql`id < ${asked.before}`}
      order by id desc limit ${asked.limit + 1}`)),
  ]);
  const rows = found.slice(0, asked.limit);
  return { rows, nextBefore: found.length > asked.limit ? (rows.at(-1)?.id ?? null) : null };
}
