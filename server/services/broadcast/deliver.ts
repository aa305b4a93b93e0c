import { z } from "zod";
import { cutText } from "#server/domain/cut-text.ts";
import type { Message } from "#server/domain/message.ts";
import { MailError } from "#server/kernel/mailer.ts";
import { type OutgoingAnswer, OutgoingError, type OutgoingRequest } from "#server/kernel/outgoing-request.ts";
import { UnreadableSecretError } from "#server/kernel/sealed-value.ts";
import { type Channel, type ChannelSecret, openSecret } from "./channel.ts";
import { cloudEvent } from "./cloud-event.ts";
import { discordBody } from "./discord-body.ts";
import { emailBody } from "./email-body.ts";
import type { Outside } from "./outside.ts";
import { signatureHeaders } from "./sign-webhook.ts";
import { slackBody } from "./slack-body.ts";
import { teamsBody } from "./teams-body.ts";

/** What came of one attempt. `externalId` names the message where it can be changed later. */
export type Attempt =
  | { outcome: "delivered"; externalId: string | null }
  /** Never again by itself. */
  | { outcome: "refused"; reason: string }
  | { outcome: "failed"; reason: string; retryAfterMs: number | null };

/** Sends one message. `former` is what the same line of the feed has in this channel already. */
export async function deliver(
  outside: Outside,
  channel: Channel,
  message: Message,
  options: { now: Date; former: string | null },
): Promise<Attempt> {
  let secret: ChannelSecret = {};
  try {
    secret = openSecret(outside.keys, channel);
    return withoutSecrets(await sendBy(outside, channel, secret, message, options), secret);
  } catch (error) {
    return withoutSecrets(attemptThatThrew(error), secret);
  }
}

function attemptThatThrew(error: unknown): Attempt {
  if (error instanceof UnreadableSecretError) {
    return { outcome: "failed", reason: error.message, retryAfterMs: null };
  }
  if (!(error instanceof OutgoingError || error instanceof MailError)) throw error;
  if (error.isPermanent) return { outcome: "refused", reason: error.message };
  return { outcome: "failed", reason: error.message, retryAfterMs: null };
}

/** Who answers may repeat what was sent. */
function withoutSecrets(attempt: Attempt, secret: ChannelSecret): Attempt {
  if (attempt.outcome === "delivered") return attempt;
  const values = [secret.token, secret.signingSecret, secret.url, secret.url && new URL(secret.url).pathname];
  const long = values.filter((value): value is string => value !== undefined && value.length >= 8);
  return {
    ...attempt,
    reason: long.reduce((reason, value) => reason.replaceAll(value, "•••"), attempt.reason),
  };
}

function sendBy(
  outside: Outside,
  channel: Channel,
  secret: ChannelSecret,
  message: Message,
  { now, former }: { now: Date; former: string | null },
): Promise<Attempt> {
  const url = secret.url ?? "";
  switch (channel.kind) {
    case "slack":
      return post(outside, json(url, slackBody(message)), now);
    case "slack-bot":
      return tellSlackBot(outside, secret.token ?? "", channel.destination, message, now, former);
    case "discord":
      return tellDiscord(outside, url, message, now, former);
    case "teams":
      return post(outside, json(url, teamsBody(message)), now);
    case "webhook":
      return post(outside, webhookRequest(url, secret, message, outside.portalUrl, now), now);
    case "email":
      return mail(outside, channel.recipients, message);
  }
}

function json(url: string, body: unknown, headers: Record<string, string> = {}): OutgoingRequest {
  return {
    url,
    headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Anytime", ...headers },
    body: JSON.stringify(body),
  };
}

async function post(outside: Outside, request: OutgoingRequest, now: Date): Promise<Attempt> {
  return attemptOf(await outside.send(request), now);
}

function webhookRequest(
  url: string,
  secret: ChannelSecret,
  message: Message,
  portalUrl: string,
  now: Date,
): OutgoingRequest {
  const { headers, body } = cloudEvent(message, portalUrl);
  const { signingSecret, formerSigningSecret: former } = secret;
  const isFormerValid = former !== undefined && Date.parse(former.until) > now.getTime();
  const secrets = [
    ...(signingSecret === undefined ? [] : [signingSecret]),
    ...(isFormerValid ? [former.value] : []),
  ];
  const signed = signatureHeaders(secrets, { id: message.id, at: now, body });
  return { url, headers: { "user-agent": "Anytime", ...headers, ...signed }, body };
}

const slackAnswerSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  ts: z.string().optional(),
});
/** Slack has trouble of its own, or too much to do. Source: https://docs.slack.dev/reference/methods/chat.postMessage. */
const passingSlackErrors = [
  "ratelimited",
  "rate_limited",
  "fatal_error",
  "internal_error",
  "service_unavailable",
  "request_timeout",
];

/** Changes the message that there is; where it was removed, there is a new one. */
async function tellSlackBot(
  outside: Outside,
  token: string,
  channel: string,
  message: Message,
  now: Date,
  former: string | null,
): Promise<Attempt> {
  const method = former === null ? "chat.postMessage" : "chat.update";
  const body = { channel, ...slackBody(message), ...(former !== null && { ts: former }) };
  const answer = await outside.send(
    json(`${outside.slackUrl}/api/${method}`, body, { authorization: `Bearer ${token}` }),
  );
  const attempt = attemptOf(answer, now);
  if (attempt.outcome !== "delivered") return attempt;
  const told = slackAnswerSchema.safeParse(parsedJson(answer.body));
  if (!told.success)
    return { outcome: "failed", reason: "Slack’s answer could not be read.", retryAfterMs: null };
  const { ok, error = "unknown", ts = former } = told.data;
  if (ok) return { outcome: "delivered", externalId: ts };
  if (former !== null && ["message_not_found", "cant_update_message", "edit_window_closed"].includes(error)) {
    return tellSlackBot(outside, token, channel, message, now, null);
  }
  const reason = `Slack answered: ${cutText(error, 100)}.`;
  return passingSlackErrors.includes(error)
    ? { outcome: "failed", reason, retryAfterMs: null }
    : { outcome: "refused", reason };
}

const discordAnswerSchema = z.object({ id: z.string() });

async function tellDiscord(
  outside: Outside,
  url: string,
  message: Message,
  now: Date,
  former: string | null,
): Promise<Attempt> {
  const address = new URL(url);
  if (former !== null)
    address.pathname = `${address.pathname.replace(/\/$/, "")}/messages/${encodeURIComponent(former)}`;
  // Else its answer does not say what the message is called.
  address.searchParams.set("wait", "true");
  const answer = await outside.send({
    ...json(address.href, discordBody(message)),
    method: former === null ? "POST" : "PATCH",
  });
  if (former !== null && answer.status === 404) return tellDiscord(outside, url, message, now, null);
  const attempt = attemptOf(answer, now);
  if (attempt.outcome !== "delivered") return attempt;
  const told = discordAnswerSchema.safeParse(parsedJson(answer.body));
  return { outcome: "delivered", externalId: told.data?.id ?? former };
}

async function mail({ mailer }: Outside, recipients: readonly string[], message: Message): Promise<Attempt> {
  if (mailer === null) {
    return {
      outcome: "refused",
      reason: "No mail server is set up: the operator does that by ANYTIME_SMTP_URL.",
    };
  }
  await mailer.send({ to: [...recipients], messageId: message.id, ...emailBody(message) });
  return { outcome: "delivered", externalId: null };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What a status says: 408, 425, 429 and 5xx pass, every other refusal stays. */
function attemptOf({ status, retryAfter, body }: OutgoingAnswer, now: Date): Attempt {
  if (status >= 200 && status < 300) return { outcome: "delivered", externalId: null };
  if (status >= 300 && status < 400) {
    return {
      outcome: "refused",
      reason: `It answers ${status} and sends us on: give the address it sends us to.`,
    };
  }
  const reason = `It answered ${status}${body.trim() === "" ? "." : `: ${cutText(oneLine(body), 200)}`}`;
  const passes = status >= 500 || status < 200 || status === 408 || status === 425 || status === 429;
  if (!passes) return { outcome: "refused", reason };
  return { outcome: "failed", reason, retryAfterMs: retryAfterMs(retryAfter, now) };
}

/** Seconds, or a date. Source: RFC 9110, section 10.2.3. */
function retryAfterMs(text: string | null, now: Date): number | null {
  if (text === null) return null;
  if (/^\d{1,7}$/.test(text.trim())) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
