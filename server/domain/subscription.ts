/** Mails of the public feed to whoever asked for them. */

export const cadences = ["each", "daily"] as const;
export type Cadence = (typeof cadences)[number];

/** At this hour, in UTC. */
export const dailyHour = 8;
export const dailyTime = `${String(dailyHour).padStart(2, "0")}:00 UTC`;

export const cadenceWords: Record<Cadence, { name: string; sentence: string }> = {
  each: { name: "As it happens", sentence: "A mail comes a minute or two after something new is there." },
  daily: {
    name: "Once a day",
    sentence: "A mail comes at 08:00 UTC of each day that brought something new.",
  },
};

/** Asked for by somebody who may not own the address; confirmed by whoever does; told no more. */
export const subscriptionStates = ["pending", "active", "ended"] as const;

/** So long the link in the mail confirms. */
export const confirmWithinHours = 48;

/** What came of a form, as it stands in the address of the page that says so. */
export const subscriptionOutcomes = ["asked", "confirmed", "ended"] as const;
export const subscriptionProblems = [
  "address",
  "feed",
  "wait",
  "used",
  "unknown",
  "elsewhere",
  "off",
] as const;
export type SubscriptionOutcome =
  | (typeof subscriptionOutcomes)[number]
  | (typeof subscriptionProblems)[number];

/** The field that no person sees: what fills it is a machine. */
export const trapField = "website";
