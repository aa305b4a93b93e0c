import { sql } from "drizzle-orm";
import { subscriptions } from "#db/schema/subscriptions.ts";
import { emailSchema } from "#server/domain/account.ts";
import { type Cadence, confirmWithinHours } from "#server/domain/subscription.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";

export interface SubscriptionWish {
  address: string;
  /** Null for the whole feed. */
  serviceSlug: string | null;
  cadence: Cadence;
}

/** As it is compared and written to. ValidationError where it is no address. */
export function parseAddress(address: string): string {
  return parseField("address", emailSchema, address.trim());
}

/**
 * Has the address be asked by mail whether it wants this, whatever it is told already: until its owner confirms nothing
 * changes. Not in the audit log, as nothing is decided yet. NotFoundError where there is no such public service.
 */
export async function askSubscription(ctx: Context, wish: SubscriptionWish): Promise<void> {
  const now = ctx.now().toISOString();
  const until = new Date(ctx.now().getTime() + confirmWithinHours * 3_600_000).toISOString();
  const scope =
    wish.serviceSlug === null
      ? sql`(values (null::bigint)) as scope (id)`
      : sql`(select id from services
          where slug = ${wish.serviceSlug} and is_public and removal_requested_at is null) as scope`;
  const rows = await ctx.db.execute(sql`
    insert into ${subscriptions} as known
      (address, service_id, cadence, state, asked_at, confirm_until, next_try_at)
    select ${parseAddress(wish.address)}, scope.id, ${wish.cadence}, 'pending', ${now}::timestamptz,
      ${until}::timestamptz, ${now}::timestamptz
    from ${scope}
    on conflict (address, coalesce(service_id, 0), state) where state <> 'ended'
    do update set cadence = excluded.cadence, asked_at = excluded.asked_at, confirm_until = excluded.confirm_until,
      next_try_at = excluded.next_try_at, telling_id = null, attempts = 0
    returning id`);
  if (rows.length === 0) throw new NotFoundError("There is no such feed.");
}
