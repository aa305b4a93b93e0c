import type { Metadata } from "next";
import { ChannelsPage } from "#components/settings/channels/channels-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Channels" };

export default async function Page() {
  const api = await openPage("/settings/channels");
  return <ChannelsPage initial={await api.channels.list()} />;
}
