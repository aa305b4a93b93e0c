import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ChannelPage } from "#components/settings/channels/channel-page.tsx";
import { openPage } from "#server/api/caller.ts";
import { found } from "../../../../found.ts";

export const metadata: Metadata = { title: "Channel" };

type Props = { params: Promise<{ id: string }> };

export default async function Page({ params }: Props) {
  const { id } = await params;
  const api = await openPage("/settings/channels/[id]");
  if (!/^[1-9]\d{0,14}$/.test(id)) notFound();
  return <ChannelPage initial={await found(api.channels.one({ channelId: Number(id) }))} />;
}
