import type { ChannelKind } from "#server/domain/broadcast.ts";
import type { Message } from "#server/domain/message.ts";
import { cloudEvent } from "./cloud-event.ts";
import { discordBody } from "./discord-body.ts";
import { emailBody } from "./email-body.ts";
import { slackBody } from "./slack-body.ts";
import { teamsBody } from "./teams-body.ts";

/** The message as this kind of channel is sent it, for people to look at. */
export function bodyFor(kind: ChannelKind, message: Message, portalUrl: string): string {
  switch (kind) {
    case "slack":
    case "slack-bot":
      return pretty(slackBody(message));
    case "discord":
      return pretty(discordBody(message));
    case "teams":
      return pretty(teamsBody(message));
    case "webhook":
      return pretty(JSON.parse(cloudEvent(message, portalUrl).body));
    case "email": {
      const { subject, text } = emailBody(message);
      return `Subject: ${subject}\n\n${text}`;
    }
  }
}

function pretty(body: unknown): string {
  return JSON.stringify(body, null, 2);
}
