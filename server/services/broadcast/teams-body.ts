import { cutText } from "#server/domain/cut-text.ts";
import type { Message } from "#server/domain/message.ts";
import { utcText } from "#server/domain/moment-text.ts";

/** A message of Teams has 28 KB at most, with what the workflow puts around it. */
const mostText = 5_000;

const colors: Record<Message["tone"], string> = { good: "Good", calm: "Default", attention: "Warning" };

/** The message as a workflow of Teams wants it: an Adaptive Card, https://adaptivecards.io/explorer. */
export function teamsBody({ title, text, facts, url, tone, happenedAt }: Message) {
  const lines = [
    {
      type: "TextBlock",
      text: escapeMarkdown(title),
      weight: "Bolder",
      size: "Medium",
      color: colors[tone],
      wrap: true,
    },
    ...(text === ""
      ? []
      : [{ type: "TextBlock", text: escapeMarkdown(cutText(text, mostText)), wrap: true }]),
    {
      type: "FactSet",
      facts: [...facts, { name: "At", value: utcText(happenedAt) }].map(({ name, value }) => ({
        title: name,
        value: escapeMarkdown(value),
      })),
    },
  ];
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: lines,
          actions: [{ type: "Action.OpenUrl", title: "Read more", url }],
        },
      },
    ],
  };
}

/** Cards know a little Markdown; lines break where there are two. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\*_[\]()~`#]/g, "\\$&").replaceAll("\n", "\n\n");
}
