import {
  type ChannelKind,
  type ChannelRule,
  channelNameSchema,
  channelUrlSchema,
  recipientsSchema,
  slackChannelSchema,
  slackTokenSchema,
} from "#server/domain/broadcast.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import type { ChannelSecret } from "./channel.ts";

export interface ChannelInput {
  name: string;
  /** Whether people outside the team read it. */
  isPublic: boolean;
  /** Of Slack's incoming webhooks, Discord, Teams and webhooks. Left out, it stays as it is. */
  url?: string | undefined;
  /** Of a Slack bot, each; a token that is left out stays as it is. */
  token?: string | undefined;
  slackChannel?: string | undefined;
  /** Of e-mail. */
  recipients?: string[] | undefined;
  rules: ChannelRule[];
}

export interface ParsedChannel {
  name: string;
  destination: string;
  recipients: string[];
  /** What was given anew. */
  secret: Pick<ChannelSecret, "url" | "token">;
}

/** ValidationError names the field. `former` is the destination of a channel that there is already. */
export function parseChannel(kind: ChannelKind, input: ChannelInput, former: string | null): ParsedChannel {
  const name = parseField("name", channelNameSchema, input.name);
  if (kind === "email") {
    const recipients = parseField("recipients", recipientsSchema, input.recipients ?? []);
    return { name, recipients, destination: recipients.join(", "), secret: {} };
  }
  const isKept = (given: string | undefined) =>
    former !== null && (given === undefined || given.trim() === "");
  if (kind === "slack-bot") {
    const destination = parseField("slackChannel", slackChannelSchema, input.slackChannel ?? "");
    if (isKept(input.token)) return { name, recipients: [], destination, secret: {} };
    const token = parseField("token", slackTokenSchema, input.token ?? "");
    return { name, recipients: [], destination, secret: { token } };
  }
  if (former !== null && isKept(input.url)) return { name, recipients: [], destination: former, secret: {} };
  const url = parseField("url", channelUrlSchema, input.url ?? "");
  return { name, recipients: [], destination: new URL(url).host, secret: { url } };
}
