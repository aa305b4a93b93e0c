import type { Metadata } from "next";
import { feedMetadata } from "#components/feed/feed-metadata.ts";
import { FeedPage } from "#components/feed/feed-page.tsx";
import { drawFeed, type FeedSearch } from "#server/api/draw-feed.ts";
import { found } from "../../found.ts";

export const metadata: Metadata = feedMetadata({ title: "What’s new" });

export default async function Page({ searchParams }: { searchParams: FeedSearch }) {
  const drawn = await found(drawFeed("/feed", await searchParams));
  const { feed, places, live, query, after, canMail } = drawn;
  return <FeedPage feed={feed} places={places} live={live} query={query} after={after} canMail={canMail} />;
}
