import type { Metadata } from "next";
import { InternalFeedPage } from "#components/feed/internal-feed-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Feed" };

export default async function Page() {
  await openPage("/internal-feed");
  return <InternalFeedPage />;
}
