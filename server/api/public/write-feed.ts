import { generateAtomFeed, generateRssFeed } from "feedsmith";
import type { PublicBody } from "./answer-public.ts";
import type { FeedDocument } from "./feed-entry.ts";

export const feedFormats = ["rss", "atom", "json"] as const;
export type FeedFormat = (typeof feedFormats)[number];

/** Each format of the feed, of the same lines. */
export const writeFeed: Record<FeedFormat, (feed: FeedDocument) => PublicBody> = {
  rss: (feed) => ({ mediaType: "application/rss+xml; charset=utf-8", body: asXml(rssOf(feed)) }),
  atom: (feed) => ({ mediaType: "application/atom+xml; charset=utf-8", body: asXml(atomOf(feed)) }),
  json: (feed) => ({ mediaType: "application/feed+json; charset=utf-8", body: jsonOf(feed) }),
};

function rssOf({ title, pageUrl, fileUrl, entries }: FeedDocument): string {
  return generateRssFeed({
    title,
    link: pageUrl,
    description: title,
    atom: { links: [{ href: fileUrl, rel: "self", type: "application/rss+xml" }] },
    items: entries.map((entry) => ({
      title: entry.title,
      link: entry.url,
      description: entry.html,
      guid: { value: entry.url, isPermaLink: true },
      pubDate: entry.published,
      categories: entry.tags.map((name) => ({ name })),
      // RSS's own author is an e-mail address.
      ...(entry.author === null ? {} : { dc: { creators: [entry.author] } }),
    })),
  });
}

function atomOf({ title, pageUrl, fileUrl, updated, entries }: FeedDocument): string {
  return generateAtomFeed({
    id: fileUrl,
    title: { value: title },
    updated,
    // Every entry needs an author; those without one take the feed's.
    authors: [{ name: "Anytime" }],
    links: [
      { href: fileUrl, rel: "self", type: "application/atom+xml" },
      { href: pageUrl, rel: "alternate", type: "text/html" },
    ],
    entries: entries.map((entry) => ({
      id: entry.url,
      title: { value: entry.title },
      links: [{ href: entry.url, rel: "alternate", type: "text/html" }],
      content: { type: "html", value: entry.html },
      published: entry.published,
      updated: entry.updated,
      categories: entry.tags.map((term) => ({ term })),
      ...(entry.author === null ? {} : { authors: [{ name: entry.author }] }),
    })),
  });
}

/** https://www.jsonfeed.org/version/1.1/ */
function jsonOf({ title, pageUrl, fileUrl, entries }: FeedDocument): string {
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title,
    home_page_url: pageUrl,
    feed_url: fileUrl,
    items: entries.map((entry) => ({
      id: entry.url,
      url: entry.url,
      title: entry.title,
      content_html: entry.html,
      ...(entry.imageUrl === null ? {} : { image: entry.imageUrl }),
      date_published: entry.published.toISOString(),
      date_modified: entry.updated.toISOString(),
      ...(entry.author === null ? {} : { authors: [{ name: entry.author }] }),
      tags: entry.tags,
    })),
  });
}

/** Some characters may not stand in XML however they are written: one in a note would cost readers the whole feed. */
function asXml(xml: string): string {
  // The library sets what is quoted as a whole on lines of its own, which some readers keep.
  const tight = xml.replaceAll(/>\s+<!\[CDATA\[/g, "><![CDATA[").replaceAll(/\]\]>\s+<\//g, "]]></");
  return tight.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "");
}
