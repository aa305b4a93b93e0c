import { escapeHtml } from "#server/domain/escape-html.ts";
import { htmlLink, htmlPage, subjectOf } from "#server/domain/mail-layout.ts";
import { cadenceWords, confirmWithinHours } from "#server/domain/subscription.ts";
import type { Mail } from "#server/kernel/mailer.ts";
import type { Subscription } from "./subscription.ts";
import { confirmUrl, feedUrl, type LinkMaking } from "./subscription-links.ts";

/** Asks whoever owns the address whether they want to be told. */
export function confirmationMail(making: LinkMaking, subscription: Subscription, messageId: string): Mail {
  const { address, service, cadence } = subscription;
  const what = service === null ? "What’s new" : `What’s new in ${service.name}`;
  const subject = subjectOf(`Please confirm: ${what} by e-mail`);
  const asked = `Somebody, probably you, asked for “${what}” by e-mail at this address. ${cadenceWords[cadence].sentence}`;
  const url = confirmUrl(making, subscription);
  const end = `The link works for ${confirmWithinHours} hours. If you did not ask for this, do nothing: you get no further mail.`;
  const feed = feedUrl(making, subscription);
  return {
    to: [address],
    messageId,
    subject,
    text: [
      asked,
      `To confirm, open this page and press its button:\n${url}`,
      end,
      `The feed itself:\n${feed}`,
    ].join("\n\n"),
    html: htmlPage(
      subject,
      [
        `<h1 style="font-size:1.3em">${escapeHtml(what)}, by e-mail</h1><p>${escapeHtml(asked)}</p>`,
        `<p>${htmlLink(url, "Confirm on the page that opens")}</p>`,
      ],
      [escapeHtml(end), htmlLink(feed, "Read the feed itself")],
    ),
  };
}
