import { z } from "zod";
import { cadences, dailyHour, subscriptionStates } from "#server/domain/subscription.ts";

/**
 * This room owns who is mailed what the public feed says: people outside the team, who gave their address for that and
 * nothing else. It writes the mails; what is new stands in the feed.
 */

/** One that somebody holds the lease of, with what sending takes. */
export const claimedSchema = z.object({
  id: z.coerce.number(),
  linkId: z.string(),
  address: z.string(),
  cadence: z.enum(cadences),
  state: z.enum(subscriptionStates),
  serviceId: z.coerce.number().nullable(),
  /** Null for the whole feed, and where the service is public no more. */
  service: z.object({ slug: z.string(), name: z.string() }).nullable(),
  toldUpTo: z.coerce.number(),
  /** Of the mail that was being sent before, if it was. */
  tellingUpTo: z.coerce.number().nullable(),
  attempts: z.number(),
  leaseNumber: z.number(),
});
export type Subscription = z.infer<typeof claimedSchema>;

/** So long nothing more has to happen before `each` is told: a note that is written right after is in its mail. */
export const quietMs = 60_000;
/** And no longer than this, however much goes on. */
export const longestQuietMs = 10 * 60_000;

/** The first time of the day's mail that is after `now`. */
export function nextDailyTime(now: Date): Date {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), dailyHour);
  return new Date(today > now.getTime() ? today : today + 86_400_000);
}
