import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { feedMetadata } from "#components/feed/feed-metadata.ts";
import { FeedPage } from "#components/feed/feed-page.tsx";
import { drawFeed, type FeedSearch } from "#server/api/draw-feed.ts";
import { found } from "../../../found.ts";

type Props = { params: Promise<{ slug: string }>; searchParams: FeedSearch };

async function draw({ params, searchParams }: Props) {
  const { slug } = await params;
  const { service, ...page } = await found(drawFeed("/feed/[slug]", await searchParams, slug));
  if (service === null) notFound();
  return { service, page };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { service } = await draw(props);
  return feedMetadata({ title: `What’s new in ${service.name}`, service: service.slug });
}

export default async function Page(props: Props) {
  const { page } = await draw(props);
  const { feed, places, live, query, after, canMail } = page;
  return <FeedPage feed={feed} places={places} live={live} query={query} after={after} canMail={canMail} />;
}
