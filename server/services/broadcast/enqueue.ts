import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import { broadcastProgress, channelRules, channels, deliveries } from "#db/schema/broadcast.ts";
import { broadcastEventOf, isRuleFor } from "#server/domain/broadcast.ts";
import { feedKinds, feedWords, isPublicWord } from "#server/domain/feed.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";

const atOnce = 200;
const rowsAtOnce = 5_000;

const changesSchema = z.array(
  z.object({
    revision: z.coerce.number(),
    eventId: z.string(),
    itemId: z.coerce.number(),
    word: z.enum(feedWords),
    happenedAt: z.string(),
    kind: z.enum(feedKinds),
    serviceId: z.coerce.number().nullable(),
    environmentId: z.coerce.number().nullable(),
    isPublic: z.boolean(),
  }),
);
type Change = z.infer<typeof changesSchema>[number];

/**
 * Puts what happened in the feed since the last time into the queue of each channel that is told of it, in the order of
 * the commits. True where there is more. Whoever comes second waits for the first, and goes on from there.
 */
export async function enqueueChanges(ctx: Context): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const [progress] = await tx.db.execute(
      sql`select revision from ${broadcastProgress} where id = 1 for update`,
    );
    const changes = await readChanges(tx, Number(progress?.revision ?? 0));
    const newest = changes.at(-1);
    if (newest === undefined) return false;
    await enqueue(tx, changes);
    await tx.db.execute(sql`update broadcast_progress set revision = ${newest.revision} where id = 1`);
    return changes.length === atOnce;
  });
}

async function readChanges(tx: Context, after: number): Promise<Change[]> {
  const rows = await tx.db.execute(sql`
    select change.revision, change.event_id as "eventId", change.item_id as "itemId", change.word,
      change.happened_at::text as "happenedAt", item.kind, place.service_id as "serviceId",
      coalesce(place.environment_id, item.environment_id) as "environmentId",
      coalesce(services.is_public and services.removal_requested_at is null, true)
        and coalesce(environments.is_shown, true) as "isPublic"
    from feed_changes as change
      join feed_items as item on item.id = change.item_id
      left join service_environments as place on place.id = item.service_environment_id
      left join services on services.id = place.service_id
      left join environments on environments.id = coalesce(place.environment_id, item.environment_id)
    where change.revision > ${after} order by change.revision limit ${atOnce}`);
  return changesSchema.parse([...rows]);
}

async function enqueue(tx: Context, changes: readonly Change[]): Promise<void> {
  const rules = await tx.db
    .select({
      channelId: channelRules.channelId,
      isPublic: channels.isPublic,
      madeAt: channels.madeAt,
      serviceId: channelRules.serviceId,
      environmentId: channelRules.environmentId,
      events: channelRules.events,
    })
    .from(channelRules)
    .innerJoin(channels, eq(channels.id, channelRules.channelId))
    .where(eq(channels.isPaused, false));
  const told = changes.flatMap((change) => {
    const event = broadcastEventOf(change.kind, change.word);
    if (event === null) return [];
    const isPublic = change.isPublic && isPublicWord(change.word);
    const happenedAt = new Date(change.happenedAt);
    const asking = rules.filter(
      (rule) => (isPublic || !rule.isPublic) && rule.madeAt <= happenedAt && isRuleFor(rule, change, event),
    );
    const { itemId, eventId, word } = change;
    return [...new Set(asking.map(({ channelId }) => channelId))].map((channelId) => ({
      ...{ channelId, itemId, eventId, word, happenedAt },
    }));
  });
  const waitsSince = tx.now();
  // A statement takes so many values, and no more.
  for (let from = 0; from < told.length; from += rowsAtOnce) {
    const rows = told.slice(from, from + rowsAtOnce).map((delivery) => ({ ...delivery, waitsSince }));
    await tx.db.insert(deliveries).values(rows).onConflictDoNothing();
  }
}
