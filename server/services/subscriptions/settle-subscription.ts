import { type SQL, sql } from "drizzle-orm";
import { recording } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Subscription } from "./subscription.ts";
import { dueByCadence } from "./wake-subscriptions.ts";

/** What became of an attempt. Nothing is written where the lease has passed on, or its reader has ended it meanwhile. */

const firstPauseMs = 60_000;
const longestPauseMs = 4 * 3_600_000;
/** About a day, with those pauses: so often what was refused is tried that may be another's fault than the address’s. */
const mostRefusals = 13;

const held = ({ id, leaseNumber, state }: Subscription) =>
  sql`id = ${id} and lease_number = ${leaseNumber} and state = ${state}`;

/** The mail arrived that asks whether this is wanted. Nothing more is sent until it is confirmed. */
export async function settleAsked(ctx: Context, subscription: Subscription): Promise<void> {
  await ctx.db.execute(sql`
    update subscriptions set telling_id = null, next_try_at = null, attempts = 0, problem = null,
      leased_until = '-infinity'
    where ${held(subscription)}`);
}

/**
 * All up to this revision is told, or was nothing to tell. `hasMore` says whether there is news already that came after.
 * Call it in the transaction that holds the progress.
 */
export async function settleTold(
  tx: Context,
  subscription: Subscription,
  { upTo, hasMore }: { upTo: number; hasMore: boolean },
): Promise<void> {
  await tx.db.execute(sql`
    update subscriptions set told_up_to = ${upTo}, telling_up_to = null, telling_id = null, attempts = 0, problem = null,
      next_try_at = ${hasMore ? dueByCadence(tx.now()) : sql`null`}, leased_until = '-infinity'
    where ${held(subscription)}`);
}

/** It is not quiet yet. */
export async function settlePostponed(ctx: Context, subscription: Subscription, until: Date): Promise<void> {
  await ctx.db.execute(sql`
    update subscriptions set next_try_at = ${until.toISOString()}::timestamptz, leased_until = '-infinity'
    where ${held(subscription)}`);
}

export interface Refusal {
  reason: string;
  /** Whether it would be refused again. */
  isPermanent: boolean;
  /** Whether it was this address that was refused, and not whoever writes or what was written. */
  isOfAddress: boolean;
}

/** Tried again later, with growing pauses; ended where nobody can be reached there, or where it was refused for a day. */
export async function settleFailed(
  ctx: Context,
  subscription: Subscription,
  refusal: Refusal,
): Promise<void> {
  const { attempts } = subscription;
  const reason = withoutAddresses(refusal.reason);
  if (refusal.isPermanent && (refusal.isOfAddress || attempts + 1 >= mostRefusals)) {
    return settleEnded(ctx, subscription, reason);
  }
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts, 20));
  const nextTryAt = new Date(ctx.now().getTime() + pauseMs).toISOString();
  await ctx.db.execute(sql`
    update subscriptions set attempts = attempts + 1, problem = ${reason}, next_try_at = ${nextTryAt}::timestamptz,
      leased_until = '-infinity'
    where ${held(subscription)}`);
}

/** Nobody asked for that, so the reason is kept. */
export async function settleEnded(ctx: Context, subscription: Subscription, reason: string): Promise<void> {
  const change = {
    action: "subscriptions/end",
    subject: `subscription:${subscription.id}`,
    // Why stands in its row, and is forgotten there: what a mail server says may name somebody.
    after: { wasRefused: true },
  };
  const ended: SQL = sql`
    update subscriptions set state = 'ended', ended_at = ${ctx.now().toISOString()}::timestamptz, confirm_until = null,
      telling_up_to = null, telling_id = null, next_try_at = null, attempts = attempts + 1, problem = ${reason},
      lease_number = lease_number + 1, leased_until = '-infinity'
    where ${held(subscription)} returning id`;
  await ctx.db.execute(sql`with ended as (${ended}) ${recording(ctx, change, sql`ended`)}`);
}

/** Mail servers repeat whom they refused. */
function withoutAddresses(reason: string): string {
  return reason.replaceAll(/[^\s<>"']*@[^\s<>"']*/g, "•••");
}
