import type { Context } from "#server/kernel/context.ts";
import { UserError } from "#server/kernel/errors.ts";
import {
  askingLimit,
  countAttempt,
  mailboxLimit,
  sameMailLimit,
  waitText,
} from "#server/services/identity/sign-in-throttle.ts";
import {
  askSubscription,
  parseAddress,
  type SubscriptionWish,
} from "#server/services/subscriptions/ask-subscription.ts";

/** Somebody asks too often. */
export class TooOftenError extends UserError {
  override name = "TooOftenError";
}

/**
 * Somebody asks that an address be told; `from` is where they come from. Whoever owns the mailbox is asked first, and is
 * not asked often: what is too much for them is dropped without a word, so that nobody learns what others have asked.
 */
export async function askForMails(ctx: Context, wish: SubscriptionWish, from: string): Promise<void> {
  const address = parseAddress(wish.address);
  const waitMs = await countAttempt(ctx, askingLimit(from));
  if (waitMs > 0) throw new TooOftenError(waitText(waitMs));
  for (const limit of [sameMailLimit(address, wish.serviceSlug ?? ""), mailboxLimit(address)]) {
    if ((await countAttempt(ctx, limit)) > 0) return;
  }
  await askSubscription(ctx, { ...wish, address });
}
