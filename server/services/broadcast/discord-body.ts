import { cutText } from "#server/domain/cut-text.ts";
import type { Message } from "#server/domain/message.ts";

/** Source of the bounds: https://discord.com/developers/docs/resources/message#embed-object-embed-limits. */
const mostTitle = 256;
const mostDescription = 4_096;
const mostName = 256;
const mostValue = 1_024;

const colors: Record<Message["tone"], number> = { good: 0x2f9e5b, calm: 0x8a8f98, attention: 0xd9a400 };

/** The message as a webhook of Discord wants it; nobody is mentioned, whatever it says. */
export function discordBody({ title, text, facts, url, tone, happenedAt }: Message) {
  return {
    content: "",
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: cutText(escapeMarkdown(title), mostTitle),
        url,
        description: cutText(escapeMarkdown(text), mostDescription),
        color: colors[tone],
        fields: facts.map(({ name, value }) => ({
          name: cutText(name, mostName),
          value: cutText(escapeMarkdown(value), mostValue),
          inline: true,
        })),
        timestamp: happenedAt,
      },
    ],
  };
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\*_~`|>[\]()#]/g, "\\$&");
}
