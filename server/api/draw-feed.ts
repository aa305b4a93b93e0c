import { type FeedQuery, readFeedQuery } from "#server/domain/feed-query.ts";
import { newestFeedEvent } from "#server/kernel/newest-feed-event.ts";
import { portal } from "#server/kernel/portal.ts";
import { openPage } from "./caller.ts";

export type FeedSearch = Promise<Record<string, string | string[] | undefined>>;

/** What the public feed's pages show. TRPCError where the service is not public, or a page of it is no more. */
export async function drawFeed(page: "/feed" | "/feed/[slug]", asked: Awaited<FeedSearch>, slug?: string) {
  const api = await openPage(page);
  const query = readFeedQuery(asked, slug);
  // Before it is read: what happens meanwhile is told again rather than missed.
  const after = newestFeedEvent().id();
  const [feed, places] = await Promise.all([api.feed.public(filterOf(query)), api.feed.places()]);
  const service = places.services.find((candidate) => candidate.slug === slug) ?? null;
  return { feed, places, query, after, service, canMail: canMail() };
}

function filterOf({ service, environment, kind, text, before }: FeedQuery) {
  return { serviceSlug: service, environmentSlug: environment, kind, text, before };
}

/** Whether there is a mail server, so that mails are offered. */
export function canMail(): boolean {
  return portal().settings.smtpUrl !== null;
}
