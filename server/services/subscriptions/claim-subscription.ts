import { sql } from "drizzle-orm";
import type { Context } from "#server/kernel/context.ts";
import { claimedSchema, type Subscription } from "./subscription.ts";

/**
 * Longer than any attempt takes: whoever took it over would else write beside it. One on which somebody has failed without
 * a word is left alone for so long, and keeps nobody else waiting.
 */
const leaseEnd = sql`clock_timestamp() + interval '120 s'`;

/** Takes one whose time has come; null where there is none. */
export async function claimSubscription(ctx: Context): Promise<Subscription | null> {
  const now = sql`${ctx.now().toISOString()}::timestamptz`;
  const [row] = await ctx.db.execute(sql`
    with claimed as (
      update subscriptions set lease_number = lease_number + 1, leased_until = ${leaseEnd}
      where id = (
        select id from subscriptions
        where next_try_at <= ${now} and leased_until <= clock_timestamp()
          and (state = 'active' or confirm_until > ${now})
        order by next_try_at, id limit 1 for update skip locked)
      returning *)
    select claimed.id, link_id as "linkId", address, cadence, state, service_id as "serviceId",
      told_up_to as "toldUpTo", telling_up_to as "tellingUpTo", attempts, lease_number as "leaseNumber",
      case when services.is_public and services.removal_requested_at is null
        then jsonb_build_object('slug', services.slug, 'name', services.name) end as service
    from claimed left join services on services.id = claimed.service_id`);
  return row === undefined ? null : claimedSchema.parse(row);
}

/**
 * Says what the next mail is: up to where it tells, and its name. Once said it stays so until the mail is settled, so that
 * whoever sends it again says the same under the same name. Null where the lease has passed on.
 */
export async function beginTelling(
  ctx: Context,
  { id, leaseNumber }: Subscription,
  upTo: number | null,
): Promise<string | null> {
  const [row] = await ctx.db.execute(sql`
    update subscriptions set telling_up_to = coalesce(telling_up_to, ${upTo}::bigint),
      telling_id = coalesce(telling_id, gen_random_uuid()), leased_until = ${leaseEnd}
    where id = ${id} and lease_number = ${leaseNumber} returning telling_id as "tellingId"`);
  return row === undefined ? null : String(row.tellingId);
}
