"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { channelLook, ruleInWords } from "#components/settings/channels/channel-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { isStakeholder } from "#server/domain/broadcast.ts";

type StakeholdersProps = { slug: string; name: string; refusal: string | null };

/** Who is told what happens to the service. */
export function Stakeholders({ slug, name, refusal }: StakeholdersProps) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.channels.list.queryOptions());
  const channels = data?.filter((channel) => isStakeholder(channel, slug));
  return (
    <Section
      title="Stakeholders"
      description={`Channels in which people hear of ${name}. Whoever deploys can tell them before it begins, too.`}
      className="gap-3"
      actions={
        refusal === null && (
          <ButtonLink href={paths.channels({ make: slug })} icon={<Plus />}>
            Add a channel
          </ButtonLink>
        )
      }
    >
      {channels === undefined && <SkeletonLines count={2} />}
      {channels?.length === 0 && <p className="text-muted">Nobody is told of it yet.</p>}
      <ul className="divide-y">
        {channels?.map((channel) => (
          <li key={channel.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5">
            <Link href={paths.channel(channel.id)} className="link font-medium">
              {channel.name}
            </Link>
            <span className="min-w-0 grow basis-72 text-muted text-sm wrap-anywhere">
              {channel.rules
                .filter((rule) => rule.serviceSlug === null || rule.serviceSlug === slug)
                .map(ruleInWords)
                .join("; ")}
            </span>
            <Status {...channelLook(channel)} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
