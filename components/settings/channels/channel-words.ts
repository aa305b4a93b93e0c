import type { Tone } from "#components/ui/tone.ts";
import {
  broadcastEvents,
  broadcastEventWords,
  type ChannelKind,
  type ChannelRule,
  type ChannelView,
  type DeliveryState,
  mostCounted,
} from "#server/domain/broadcast.ts";

/** How the channel is, in one word. */
export function channelLook({ isPaused, trouble, dead }: ChannelView): { tone: Tone; word: string } {
  if (isPaused) return { tone: "waiting", word: "paused" };
  if (trouble !== null)
    return { tone: "failed", word: trouble.nextAttemptAt === null ? "refused" : "trying again" };
  if (dead > 0) return { tone: "attention", word: "something is undelivered" };
  return { tone: "live", word: "working" };
}

export const deliveryLooks: Record<DeliveryState, { tone: Tone; word: string }> = {
  waiting: { tone: "running", word: "on its way" },
  delivered: { tone: "live", word: "delivered" },
  dead: { tone: "failed", word: "undelivered" },
  withdrawn: { tone: "waiting", word: "withheld" },
};

/** At most so many are counted. */
export function countInWords(count: number): string {
  return count >= mostCounted ? `${mostCounted} or more` : String(count);
}

/** What a rule says: “Live, Not released of shop in production”. */
export function ruleInWords({ serviceSlug, environmentSlug, events }: ChannelRule): string {
  const what =
    events.length === broadcastEvents.length
      ? "Everything"
      : broadcastEvents
          .filter((event) => events.includes(event))
          .map((event) => broadcastEventWords[event].name)
          .join(", ");
  const where = environmentSlug === null ? "everywhere" : `in ${environmentSlug}`;
  return `${what} of ${serviceSlug ?? "every service"} ${where}`;
}

/** How one gets what a channel of this kind needs. */
export const channelHints: Record<ChannelKind, { url: string; about: string }> = {
  slack: {
    url: "https://hooks.slack.com/services/…",
    about: "Add an incoming webhook to your Slack app. Each event is a message of its own.",
  },
  "slack-bot": {
    url: "",
    about:
      "One message for each deployment, changed as it goes on. Give the bot chat:write and invite it to the channel.",
  },
  discord: {
    url: "https://discord.com/api/webhooks/…",
    about:
      "A webhook from the channel’s integrations. One message for each deployment, changed as it goes on.",
  },
  teams: {
    url: "https://….logic.azure.com/workflows/…",
    about: "The address of a workflow “Post to a channel when a webhook request is received”.",
  },
  webhook: {
    url: "https://example.org/hooks/deploys",
    about: "CDEvents in CloudEvents, signed as Standard Webhooks say. The signing secret is shown once.",
  },
  email: { url: "", about: "A mail for each event." },
};
