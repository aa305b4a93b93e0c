import type { Metadata } from "next";
import { FeedItemPage } from "#components/feed/feed-item-page.tsx";
import { feedMetadata } from "#components/feed/feed-metadata.ts";
import { drawItem } from "#server/api/draw-feed.ts";
import { found } from "../../../../found.ts";

type Props = { params: Promise<{ id: string }> };

async function draw({ params }: Props) {
  return found(drawItem((await params).id));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { item, image } = await draw(props);
  const { title, note, service } = item;
  return feedMetadata({ title, description: note?.plain, service: service?.slug, image });
}

export default async function Page(props: Props) {
  return <FeedItemPage item={(await draw(props)).item} />;
}
