import { type FeedQuery, readFeedQuery } from "#server/domain/feed-query.ts";
import { newestFeedEvent } from "#server/kernel/newest-feed-event.ts";
import { portal } from "#server/kernel/portal.ts";
import { openPage } from "./caller.ts";
import { pictureUrl } from "./public/addresses.ts";

export type FeedSearch = Promise<Record<string, string | string[] | undefined>>;

/** What the public feed's pages show. TRPCError where the service is not public, or a page of it is no more. */
export async function drawFeed(page: "/feed" | "/feed/[slug]", asked: Awaited<FeedSearch>, slug?: string) {
  const api = await openPage(page);
  const query = readFeedQuery(asked, slug);
  // Before it is read: what happens meanwhile is told again rather than missed.
  const after = newestFeedEvent().id();
  const [feed, places, live] = await Promise.all([
    api.feed.public(filterOf(query)),
    api.feed.places(),
    api.feed.live({ serviceSlug: query.service }),
  ]);
  const service = places.services.find((candidate) => candidate.slug === slug) ?? null;
  return { feed, places, live, query, after, service, canMail: canMail() };
}

function filterOf({ service, environment, kind, text, before }: FeedQuery) {
  return { serviceSlug: service, environmentSlug: environment, kind, text, before };
}

/** What one line's page shows, and the picture for previews of it elsewhere. TRPCError where the line is not public. */
export async function drawItem(id: string) {
  const api = await openPage("/feed/item/[id]");
  const item = await api.feed.item({ id });
  const picture = item.note?.picture ?? null;
  if (picture === null) return { item, image: undefined };
  const { description: alt, width, height } = picture;
  return { item, image: { url: pictureUrl(portal().settings.portalUrl, picture.id), alt, width, height } };
}

/** Whether there is a mail server, so that mails are offered. */
export function canMail(): boolean {
  return portal().settings.smtpUrl !== null;
}
