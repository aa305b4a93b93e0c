import type { Button, HeaderBlock, KnownBlock, MrkdwnElement } from "@slack/types";
import { cutText } from "#server/domain/cut-text.ts";
import type { Message } from "#server/domain/message.ts";
import { utcText } from "#server/domain/moment-text.ts";

export interface SlackBody {
  /** For notifications, and for whoever cannot see blocks. */
  text: string;
  blocks: KnownBlock[];
}

/** Source of the bounds: https://docs.slack.dev/reference/block-kit/blocks. */
const mostHeader = 150;
const mostSection = 3_000;
const mostFields = 10;
const mostField = 2_000;
const mostButton = 75;

const marks: Record<Message["tone"], string> = {
  good: ":large_green_circle:",
  calm: ":white_circle:",
  attention: ":large_yellow_circle:",
};

/** The message as https://docs.slack.dev/block-kit wants it. */
export function slackBody(message: Message): SlackBody {
  const { title, text, facts, url, tone, happenedAt } = message;
  const header: HeaderBlock = {
    type: "header",
    text: { type: "plain_text", text: cutText(`${marks[tone]} ${title}`, mostHeader), emoji: true },
  };
  const fields = facts
    .slice(0, mostFields)
    .map(({ name, value }) => mrkdwn(cutText(`*${escapeSlack(name)}*\n${escapeSlack(value)}`, mostField)));
  const more: Button = {
    type: "button",
    text: { type: "plain_text", text: cutText("Read more", mostButton) },
    url,
    action_id: "read-more",
  };
  return {
    text: escapeSlack(title),
    blocks: [
      header,
      ...(text === "" ? [] : [{ type: "section" as const, text: mrkdwn(escapedWithin(text, mostSection)) }]),
      ...(fields.length === 0 ? [] : [{ type: "section" as const, fields }]),
      { type: "actions", elements: [more] },
      { type: "context", elements: [mrkdwn(slackDate(happenedAt))] },
    ],
  };
}

function mrkdwn(text: string): MrkdwnElement {
  return { type: "mrkdwn", text };
}

/** What people wrote says what it says: it mentions nobody and links nowhere. */
export function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Cut before it is escaped, so that no escape is cut in two. */
function escapedWithin(text: string, most: number): string {
  for (let length = most; ; length = Math.floor(length * 0.8)) {
    const escaped = escapeSlack(cutText(text, length));
    if (escaped.length <= most) return escaped;
  }
}

/** In the reader's own zone, where Slack knows it. */
function slackDate(moment: string): string {
  return `<!date^${Math.floor(Date.parse(moment) / 1_000)}^{date_short_pretty} {time}|${utcText(moment)}>`;
}
