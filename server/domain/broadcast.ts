import { z } from "zod";
import type { FeedKind, FeedWord } from "./feed.ts";
import { wellFormedText } from "./text.ts";

/** Where broadcasts go, and what of the feed is told there. */

export const channelKinds = ["slack", "slack-bot", "discord", "teams", "webhook", "email"] as const;
export type ChannelKind = (typeof channelKinds)[number];

export const channelKindNames: Record<ChannelKind, string> = {
  slack: "Slack, by an incoming webhook",
  "slack-bot": "Slack, by a bot",
  discord: "Discord",
  teams: "Microsoft Teams",
  webhook: "Webhook",
  email: "E-mail",
};

/** Those that have one message for each deployment, and change it as the deployment goes on. */
export const editingKinds: readonly ChannelKind[] = ["slack-bot", "discord"];

export const broadcastEvents = [
  "announced",
  "started",
  "live",
  "switched-back",
  "failed",
  "maintenance",
  "hold",
  "note",
  "incident",
  "recovery",
] as const;
export type BroadcastEvent = (typeof broadcastEvents)[number];

export const broadcastEventWords: Record<BroadcastEvent, { name: string; hint: string }> = {
  announced: { name: "Announced", hint: "Whoever deploys chose to tell beforehand." },
  started: { name: "Started", hint: "A release is on its way." },
  live: { name: "Live", hint: "Users have a new release." },
  "switched-back": { name: "Switched back", hint: "Users have an earlier release again." },
  failed: { name: "Not released", hint: "It failed or was called off; users noticed nothing." },
  maintenance: { name: "Maintenance", hint: "Restarts, more or fewer instances, another configuration." },
  hold: { name: "Holds", hint: "Releases are held, or go on." },
  note: { name: "Notes", hint: "What a release changes was written or put differently." },
  incident: { name: "Incidents", hint: "Users are affected; what is published about it." },
  recovery: { name: "Recoveries", hint: "All is as before again, how fast, and thanks to whom." },
};

/** What most channels want to be told. */
export const usualEvents: readonly BroadcastEvent[] = [
  "announced",
  "live",
  "switched-back",
  "failed",
  "hold",
  "incident",
  "recovery",
];

/** Which of these it is that a line of this kind came to this; null where it is nothing to tell. */
export function broadcastEventOf(kind: FeedKind, word: FeedWord): BroadcastEvent | null {
  if (kind === "hold") return "hold";
  if (kind === "incident") return word === "ongoing" || word === "over" ? "incident" : null;
  if (kind === "recovery") return word === "opened" ? "incident" : word === "recovered" ? "recovery" : null;
  switch (word) {
    case "announced":
    case "note":
      return word;
    case "started":
      return kind === "maintenance" ? null : "started";
    case "live":
      return kind === "release" ? "live" : kind === "switch-back" ? "switched-back" : "maintenance";
    case "failed":
    case "cancelled":
      return kind === "maintenance" ? "maintenance" : "failed";
    default:
      return null;
  }
}

/** What of the feed a channel is told; null stands for all of them. */
export interface ChannelRule {
  serviceSlug: string | null;
  environmentSlug: string | null;
  events: BroadcastEvent[];
}

export interface Place {
  /** Null where it is about every service, or every environment. */
  serviceId: number | null;
  environmentId: number | null;
}

/** What is about everything is about each of them, too. */
export function isRuleFor(
  rule: Place & { events: readonly BroadcastEvent[] },
  place: Place,
  event: BroadcastEvent,
) {
  const fits = (asked: number | null, given: number | null) =>
    asked === null || given === null || asked === given;
  return (
    rule.events.includes(event) &&
    fits(rule.serviceId, place.serviceId) &&
    fits(rule.environmentId, place.environmentId)
  );
}

/** Whether one of its rules is for this service, by name or as one of all. */
export function isStakeholder(channel: Pick<ChannelView, "rules">, serviceSlug: string): boolean {
  return channel.rules.some((rule) => rule.serviceSlug === null || rule.serviceSlug === serviceSlug);
}

export function tellsBeforehand(channel: ChannelView, serviceSlug: string, environmentSlug: string): boolean {
  const isFor = (rule: ChannelRule) =>
    (rule.serviceSlug === null || rule.serviceSlug === serviceSlug) &&
    (rule.environmentSlug === null || rule.environmentSlug === environmentSlug);
  return !channel.isPaused && channel.rules.some((rule) => isFor(rule) && rule.events.includes("announced"));
}

export const mostRules = 50;
export const mostRecipients = 50;

export const channelNameSchema = wellFormedText
  .trim()
  .min(1, "Give it a name, such as “#deploys”.")
  .max(100, "A name has at most 100 characters.");

/** Where the address is told by the service that is written to. */
export const channelUrlSchema = wellFormedText
  .trim()
  .max(2_000, "An address has at most 2,000 characters.")
  .refine(isWebAddress, "Give the whole address, beginning with https://.")
  .refine(
    (url) => !isWebAddress(url) || !new URL(url).username,
    "Leave user and password out of the address.",
  );

export const slackTokenSchema = wellFormedText
  .trim()
  .regex(/^xox[bp]-[A-Za-z0-9-]{10,300}$/, "A bot token begins with xoxb-: copy it whole.");

/** By its id: names can change. */
export const slackChannelSchema = wellFormedText
  .trim()
  .regex(
    /^[CGD][A-Z0-9]{6,20}$/,
    "Give the channel’s id, such as C0123456789: it stands at the end of its details.",
  );

export const recipientsSchema = z
  .array(z.email("This is no e-mail address.").max(320))
  .min(1, "Name at least one address.")
  .max(mostRecipients, `At most ${mostRecipients} addresses: beyond that, a mailing list is better.`)
  .transform((addresses) => [...new Set(addresses)]);

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:");
}

export const deliveryStates = ["waiting", "delivered", "dead", "withdrawn"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** A channel as pages show it: never what opens it. */
export interface ChannelView {
  id: number;
  name: string;
  kind: ChannelKind;
  /** Whether people outside the team read it: then it is told what is public, and nothing else. */
  isPublic: boolean;
  isPaused: boolean;
  /** Where it goes, as far as that opens nothing. */
  destination: string;
  recipients: string[];
  rules: ChannelRule[];
  madeByName: string;
  /** ISO 8601, in UTC, each. */
  madeAt: string;
  lastDeliveredAt: string | null;
  /** How many wait, and how many were given up; at most `mostCounted` each. */
  waiting: number;
  dead: number;
  /** Why the newest attempt failed, and when the next is made, if one is; null where it did not fail. */
  trouble: { reason: string; since: string; nextAttemptAt: string | null } | null;
}
export const mostCounted = 100;

export interface DeliveryView {
  id: number;
  state: DeliveryState;
  event: BroadcastEvent;
  /** In the words of the internal feed. */
  title: string;
  /** The page of what it tells of. */
  page: { serviceSlug: string; deploymentId: number } | null;
  happenedAt: string;
  attempts: number;
  /** When it arrived, was given up or withdrawn. */
  endedAt: string | null;
  reason: string | null;
}
