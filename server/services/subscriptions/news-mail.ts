import { escapeHtml } from "#server/domain/escape-html.ts";
import { plainSentence } from "#server/domain/feed.ts";
import { htmlLink, htmlPage, subjectOf } from "#server/domain/mail-layout.ts";
import { utcText } from "#server/domain/moment-text.ts";
import type { PublicItem } from "#server/domain/public-item.ts";
import { cadenceWords } from "#server/domain/subscription.ts";
import type { Mail } from "#server/kernel/mailer.ts";
import type { Subscription } from "./subscription.ts";
import { endUrls, feedUrl, type LinkMaking } from "./subscription-links.ts";

/** More than these are read on the feed. */
export const mostInMail = 50;

/** What is new, the newest first, and who to talk to. `items` is never empty. */
export function newsMail(
  making: LinkMaking,
  subscription: Subscription,
  { items, isWhole, messageId }: { items: readonly PublicItem[]; isWhole: boolean; messageId: string },
): Mail {
  const end = endUrls(making, subscription);
  const feed = feedUrl(making, subscription);
  const title = titleOf(items, isWhole, subscription);
  const why = `You asked for this by e-mail. ${cadenceWords[subscription.cadence].sentence}`;
  const more = isWhole ? [] : ["There is more than fits here: the feed has all of it."];
  const url = (item: PublicItem) => `${making.portalUrl}/feed/item/${item.id}`;
  return {
    to: [subscription.address],
    messageId,
    subject: subjectOf(title),
    headers: {
      "List-Unsubscribe": `<${end.oneClick}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    text: [
      ...items.map((item) => textOf(item, url(item))),
      ...more,
      `--\n${why}\nAll of it: ${feed}\nNo more of these mails: ${end.page}`,
    ].join("\n\n"),
    html: htmlPage(
      title,
      [...items.map((item) => htmlOf(item, url(item))), ...more.map((line) => `<p>${escapeHtml(line)}</p>`)],
      [
        escapeHtml(why),
        `${htmlLink(feed, "The whole feed")} · ${htmlLink(end.page, "No more of these mails")}`,
      ],
    ),
  };
}

function titleOf(items: readonly PublicItem[], isWhole: boolean, { service }: Subscription): string {
  const [first] = items;
  if (items.length === 1 && first !== undefined) return headingOf(first);
  const place = service === null ? "" : ` in ${service.name}`;
  return `What’s new${place}: ${isWhole ? items.length : `more than ${items.length}`} entries`;
}

/** `Search is fast (Shop)`: in a mail nothing around it says which service it is of. */
function headingOf({ title, service }: PublicItem): string {
  return service === null ? title : `${title} (${service.name})`;
}

/** Where and when, in words. */
function factsOf(item: PublicItem): string[] {
  const { kind, state, service, release, environment, startedAt, endedAt, endsAt, by, contact } = item;
  const number = release === null ? "" : ` #${release}`;
  const name = service === null ? "All services" : `${service.name}${kind === "switch-back" ? "" : number}`;
  const place = environment === null ? name : `${name} in ${environment.name}`;
  const words: Partial<Record<PublicItem["state"], string>> = {
    live: `${place}, live since ${utcText(endedAt ?? startedAt)}`,
    held: `${place}, on hold since ${utcText(startedAt)}${endsAt === null ? "" : `, until ${utcText(endsAt)}`}`,
    ongoing: `${place}, since ${utcText(startedAt)}`,
    over: `${place}, works again since ${utcText(endedAt ?? startedAt)}`,
    lifted: `${place}, on hold no more since ${utcText(endedAt ?? startedAt)}`,
  };
  return [
    words[state] ?? place,
    ...(by === null ? [] : [`By ${by}`]),
    ...(contact === null ? [] : [`Questions: ${contact}`]),
  ];
}

function textOf(item: PublicItem, url: string): string {
  const { note, kind, state } = item;
  const said = note === null ? plainSentence(kind, state) : withoutTitle(note.plain, item.title);
  const body = said === "" ? [] : [said];
  const link = note?.linkUrl == null ? [] : [`Read more: ${note.linkUrl}`];
  return [headingOf(item), ...body, ...link, factsOf(item).join("\n"), url].join("\n");
}

/** The heading says it already; one that was cut does not. */
function withoutTitle(plain: string, title: string): string {
  return plain.startsWith(title) ? plain.slice(title.length).replace(/^\.?\s*/, "") : plain;
}

function htmlOf(item: PublicItem, url: string): string {
  const { note, kind, state } = item;
  const body = note === null ? `<p>${escapeHtml(plainSentence(kind, state))}</p>` : note.restHtml;
  const link = note?.linkUrl == null ? "" : `<p>${htmlLink(note.linkUrl, "Read more")}</p>`;
  const facts = factsOf(item).map(escapeHtml).join("<br>");
  return [
    `<h2 style="font-size:1.15em;margin-bottom:.25em">${htmlLink(url, headingOf(item))}</h2>`,
    body,
    link,
    `<p style="font-size:.9em;opacity:.75">${facts}</p>`,
  ].join("");
}
