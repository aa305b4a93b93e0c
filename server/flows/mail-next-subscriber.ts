import { type Context, inTransaction } from "#server/kernel/context.ts";
import { type Mail, MailError, type Mailer } from "#server/kernel/mailer.ts";
import { type News, type NewsWindow, readNews } from "#server/services/feed/read-news.ts";
import { beginTelling, claimSubscription } from "#server/services/subscriptions/claim-subscription.ts";
import { confirmationMail } from "#server/services/subscriptions/confirmation-mail.ts";
import { mostInMail, newsMail } from "#server/services/subscriptions/news-mail.ts";
import { lockProgress, readProgress } from "#server/services/subscriptions/progress.ts";
import {
  settleAsked,
  settleEnded,
  settleFailed,
  settlePostponed,
  settleTold,
} from "#server/services/subscriptions/settle-subscription.ts";
import { longestQuietMs, quietMs, type Subscription } from "#server/services/subscriptions/subscription.ts";
import type { LinkMaking } from "#server/services/subscriptions/subscription-links.ts";

/** What mailing takes. `readNews` is shared by those who are mailed at the same time: they read the same. */
export interface Mailing extends LinkMaking {
  mailer: Mailer;
  readNews: (ctx: Context, window: NewsWindow) => Promise<News>;
}

/**
 * Writes to the subscriber whose time has come first, and says whether there was one. Any number of monitors may do it at
 * once. A mail that was sent by somebody who could not say so any more is sent again, the same and under the same name.
 */
export async function mailNextSubscriber(ctx: Context, mailing: Mailing): Promise<boolean> {
  const subscription = await claimSubscription(ctx);
  if (subscription === null) return false;
  if (subscription.state === "pending") await askForConfirmation(ctx, mailing, subscription);
  else await tellNews(ctx, mailing, subscription);
  return true;
}

async function askForConfirmation(ctx: Context, mailing: Mailing, subscription: Subscription): Promise<void> {
  if (subscription.serviceId !== null && subscription.service === null) {
    return settleEnded(ctx, subscription, "The service is public no more.");
  }
  const messageId = await beginTelling(ctx, subscription, null);
  if (messageId === null) return;
  if (await send(ctx, mailing, subscription, confirmationMail(mailing, subscription, messageId))) {
    await settleAsked(ctx, subscription);
  }
}

async function tellNews(ctx: Context, mailing: Mailing, subscription: Subscription): Promise<void> {
  const { toldUpTo: after, tellingUpTo, serviceId } = subscription;
  const upTo = tellingUpTo ?? (await readProgress(ctx));
  const { items, isWhole, span } = await mailing.readNews(ctx, { after, upTo, serviceId });
  if (span === null) return settle(ctx, subscription, upTo);
  const quietFrom = tellingUpTo === null ? endOfUnrest(span) : null;
  if (quietFrom !== null && quietFrom > ctx.now()) return settlePostponed(ctx, subscription, quietFrom);
  const messageId = await beginTelling(ctx, subscription, upTo);
  if (messageId === null) return;
  const mail = newsMail(mailing, subscription, { items, isWhole, messageId });
  if (await send(ctx, mailing, subscription, mail)) await settle(ctx, subscription, upTo);
}

/** Nothing more has to happen for a while, and a while is not for ever. */
function endOfUnrest({ first, last }: NonNullable<News["span"]>): Date {
  return new Date(Math.min(last.getTime() + quietMs, first.getTime() + longestQuietMs));
}

/** Puts it to sleep, unless there is news that came while it was awake: then nobody else wakes it for that. */
function settle(ctx: Context, subscription: Subscription, upTo: number): Promise<void> {
  const { serviceId } = subscription;
  return inTransaction(ctx, async (tx) => {
    const revision = await lockProgress(tx);
    const later =
      revision <= upTo ? { span: null } : await readNews(tx, { after: upTo, upTo: revision, serviceId }, 1);
    const hasMore = later.span !== null;
    await settleTold(tx, subscription, { upTo: hasMore ? upTo : Math.max(upTo, revision), hasMore });
  });
}

/** Whether it was taken; where it was not, that is written down. */
async function send(
  ctx: Context,
  { mailer }: Mailing,
  subscription: Subscription,
  mail: Mail,
): Promise<boolean> {
  try {
    await mailer.send(mail);
    return true;
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const { message: reason, isPermanent, isOfAddress } = error;
    await settleFailed(ctx, subscription, { reason, isPermanent, isOfAddress });
    return false;
  }
}

const sharedForMs = 5_000;
const mostShared = 1_000;

/** Reads what many are to be told once for all of them. Kept for a moment only: what is public may change. */
export function sharedNews(): Mailing["readNews"] {
  const kept = new Map<string, { at: number; news: Promise<News> }>();
  return (ctx, window) => {
    const key = `${window.after} ${window.upTo} ${window.serviceId}`;
    const known = kept.get(key);
    const at = performance.now();
    if (known !== undefined && at - known.at < sharedForMs) return known.news;
    if (kept.size >= mostShared) kept.clear();
    const news = readNews(ctx, window, mostInMail);
    kept.set(key, { at, news });
    // A reading that failed is not what the next one gets.
    news.catch(() => kept.delete(key));
    return news;
  };
}
