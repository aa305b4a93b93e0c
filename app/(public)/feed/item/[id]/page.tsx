import type { Metadata } from "next";
import { FeedItemPage } from "#components/feed/feed-item-page.tsx";
import { feedMetadata } from "#components/feed/feed-metadata.ts";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../../found.ts";

type Props = { params: Promise<{ id: string }> };

async function draw({ params }: Props) {
  const api = await openPage("/feed/item/[id]");
  return found(api.feed.item({ id: (await params).id }));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { title, note, service } = await draw(props);
  return feedMetadata({ title, description: note?.plain, service: service?.slug });
}

export default async function Page(props: Props) {
  return <FeedItemPage item={await draw(props)} />;
}
