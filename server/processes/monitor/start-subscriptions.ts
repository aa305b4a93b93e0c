import { mailNextSubscriber, sharedNews } from "#server/flows/mail-next-subscriber.ts";
import { wakeSubscribers } from "#server/flows/wake-subscribers.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import type { Outside } from "#server/services/broadcast/outside.ts";
import { repeat } from "../deploy-worker/repeat.ts";

/** So many mails are handed over at once. */
const mailsAtOnce = 4;
const everyMs = 2_000;

/** Mails who subscribed to the public feed. Without a mail server nobody can subscribe, and nothing is sent. */
export function startSubscriptions(
  ctx: Context,
  { mailer, keys, portalUrl }: Pick<Outside, "mailer" | "keys" | "portalUrl">,
  logger: Logger,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const report = (err: unknown) => logger.error({ err }, "subscribers not mailed");
  const waking = repeat(
    everyMs,
    async () => {
      while (!signal.aborted && (await wakeSubscribers(ctx)));
    },
    report,
  );
  const mailing = mailer === null ? null : { mailer, keys, portalUrl, readNews: sharedNews() };
  const senders = Array.from({ length: mailing === null ? 0 : mailsAtOnce }, () =>
    repeat(
      everyMs,
      async () => {
        while (mailing !== null && !signal.aborted && (await mailNextSubscriber(ctx, mailing)));
      },
      report,
    ),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all([waking, ...senders].map((rounds) => rounds.stop()));
    },
  };
}
