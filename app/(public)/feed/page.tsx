import type { Metadata } from "next";
import { feedMetadata } from "#components/feed/feed-metadata.ts";
import { FeedPage } from "#components/feed/feed-page.tsx";
import { drawFeed, type FeedSearch } from "#server/api/draw-feed.ts";
import { found } from "../../found.ts";

export const metadata: Metadata = feedMetadata({ title: "What’s new" });

export default async function Page({ searchParams }: { searchParams: FeedSearch }) {
  const { feed, places, query, after, canMail } = await found(drawFeed("/feed", await searchParams));
  return <FeedPage feed={feed} places={places} query={query} after={after} canMail={canMail} />;
}
