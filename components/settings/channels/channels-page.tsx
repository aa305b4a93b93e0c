"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Outputs } from "#server/api/types.ts";
import { ChannelForm } from "./channel-form.tsx";
import { ChannelsTable } from "./channels-table.tsx";

/** Who is told of deploys, and does it arrive? `make` names the service that a new channel is for, or nothing. */
export function ChannelsPage({ initial }: { initial: Outputs["channels"]["list"] }) {
  const trpc = useTRPC();
  const channels = useQuery(
    trpc.channels.list.queryOptions(undefined, { initialData: initial, refetchInterval: 10_000 }),
  );
  const session = useQuery(trpc.session.current.queryOptions());
  const [make, setMake] = useQueryState("make", parseAsString);
  return (
    <Section
      title="Channels"
      description="Where deploys are told of: chat, mail and webhooks. What could not be delivered stands here, with the reason."
      actions={
        session.data?.may.manageChannels === true && (
          <Button variant="primary" icon={<Plus />} onClick={() => void setMake("")}>
            Add a channel
          </Button>
        )
      }
    >
      <ChannelsTable channels={channels.data} />
      {make !== null && (
        <ChannelForm
          channel={null}
          serviceSlug={make === "" ? null : make}
          onClose={() => void setMake(null)}
        />
      )}
    </Section>
  );
}
