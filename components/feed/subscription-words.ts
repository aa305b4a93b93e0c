import { confirmWithinHours, type SubscriptionOutcome } from "#server/domain/subscription.ts";

/** What came of a form about mails of the feed; `again` where the form is offered once more. */
export const subscriptionWords: Record<
  SubscriptionOutcome,
  { title: string; description: string; again: boolean }
> = {
  asked: {
    title: "Look into your mailbox",
    description: `A mail with a link is on its way to you. Confirm there, within ${confirmWithinHours} hours: nothing else is sent before.`,
    again: false,
  },
  confirmed: {
    title: "You are subscribed",
    description: "What is new comes to you from now on. Every mail has a link to end it.",
    again: false,
  },
  ended: {
    title: "No more mails",
    description: "You get no more of these mails. You can subscribe again at any time.",
    again: false,
  },
  address: {
    title: "This is no e-mail address",
    description: "Write it as in ada@example.org. Nothing was sent.",
    again: true,
  },
  feed: {
    title: "There is no such feed",
    description: "Nothing was sent. Choose what you want to read on the page of the feed.",
    again: false,
  },
  wait: {
    title: "That was often",
    description: "Too much was asked for from where you are. Wait a quarter of an hour, then try again.",
    again: true,
  },
  used: {
    title: "This link is used up",
    description: `It confirmed already, or its ${confirmWithinHours} hours are over. Ask again, and a new one comes.`,
    again: true,
  },
  unknown: {
    title: "This link is not whole",
    description: "Copy it from the mail from beginning to end. Nothing was changed.",
    again: false,
  },
  elsewhere: {
    title: "This did not come from here",
    description: "Another page sent this, so nothing was done. Subscribe by this form.",
    again: true,
  },
  off: {
    title: "Not by e-mail",
    description: "This portal sends no mails. The feed can be read on its page, and by feed readers.",
    again: false,
  },
};
