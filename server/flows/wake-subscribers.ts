import { type Context, inTransaction } from "#server/kernel/context.ts";
import { findNews } from "#server/services/feed/read-news.ts";
import { lockProgressAlone, moveProgress } from "#server/services/subscriptions/progress.ts";
import { type Waking, wakeSubscriptions } from "#server/services/subscriptions/wake-subscriptions.ts";

const changesAtOnce = 500;

/**
 * Reads once for all subscribers what happened in the feed, and wakes those to whom it is news. True where there is more.
 * What is no news touches no subscription at all, and nobody who is awake already is touched again.
 */
export async function wakeSubscribers(ctx: Context): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const after = await lockProgressAlone(tx);
    const { marks, revision, isWhole } = await findNews(tx, { after, limit: changesAtOnce });
    if (revision === after) return false;
    const first = new Map<string | null, Waking>();
    for (const mark of marks) {
      const [whole, single] = [{ ...mark, serviceSlug: null }, mark];
      if (!first.has(null)) first.set(null, whole);
      if (!first.has(mark.serviceSlug)) first.set(mark.serviceSlug, single);
    }
    await wakeSubscriptions(tx, [...first.values()]);
    await moveProgress(tx, revision);
    return !isWhole;
  });
}
