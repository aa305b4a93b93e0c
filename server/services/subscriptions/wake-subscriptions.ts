import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";
import { nextDailyTime, quietMs } from "./subscription.ts";

/** The first news of each scope; `serviceSlug` null is the whole feed. */
export interface Waking {
  serviceSlug: string | null;
  revision: number;
}

/**
 * Gives those who sleep and are told of this the time of their next mail. Nothing before it was news to them, so that
 * their reading begins there. Costs a look into an index, and a row for each who is woken.
 */
export async function wakeSubscriptions(tx: Context, wakings: readonly Waking[]): Promise<void> {
  const whole = wakings.find(({ serviceSlug }) => serviceSlug === null);
  if (whole !== undefined) {
    await tx.db.execute(sql`
      update subscriptions set ${waking(tx, sql`${whole.revision - 1}::bigint`)}
      where state = 'active' and next_try_at is null and service_id is null`);
  }
  const single = wakings.filter(({ serviceSlug }) => serviceSlug !== null);
  if (single.length === 0) return;
  const values = single.map(
    ({ serviceSlug, revision }) => sql`(${serviceSlug}::text, ${revision - 1}::bigint)`,
  );
  await tx.db.execute(sql`
    update subscriptions set ${waking(tx, sql`woken.told_up_to`)}
    from (values ${sql.join(values, sql`, `)}) as woken (slug, told_up_to) join services on services.slug = woken.slug
    where subscriptions.service_id = services.id and state = 'active' and next_try_at is null`);
}

function waking(tx: Context, toldUpTo: SQL): SQL {
  return sql`told_up_to = ${toldUpTo}, next_try_at = ${dueByCadence(tx.now())}`;
}

/** When what has just become known is told. */
export function dueByCadence(now: Date): SQL {
  const each = new Date(now.getTime() + quietMs).toISOString();
  return sql`case cadence when 'each' then ${each}::timestamptz else ${nextDailyTime(now).toISOString()}::timestamptz end`;
}
