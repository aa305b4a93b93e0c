"use client";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Inbox, RotateCw } from "lucide-react";
import Link from "next/link";
import { parseAsBoolean, useQueryState } from "nuqs";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { ChannelView, DeliveryView } from "#server/domain/broadcast.ts";
import { countInWords, deliveryLooks } from "./channel-words.ts";

type DeliveryListProps = { channel: ChannelView; manages: boolean };

/** What the channel was told, newest first. */
export function DeliveryList({ channel, manages }: DeliveryListProps) {
  const trpc = useTRPC();
  const [isDead, setDead] = useQueryState("undelivered", parseAsBoolean.withDefault(false));
  const list = useInfiniteQuery(
    trpc.channels.deliveries.infiniteQueryOptions(
      { channelId: channel.id, state: isDead ? "dead" : null },
      { getNextPageParam: ({ nextBefore }) => nextBefore ?? undefined, refetchInterval: 5_000 },
    ),
  );
  const again = useSendAgain(channel.id);
  return (
    <Section
      title="Deliveries"
      description={channel.waiting === 0 ? undefined : `${countInWords(channel.waiting)} on their way.`}
      className="gap-3"
      actions={
        manages &&
        channel.dead > 0 && (
          <Button icon={<RotateCw />} loading={again.isPending} onClick={() => void again.send(null)}>
            Send {countInWords(channel.dead)} again
          </Button>
        )
      }
    >
      <Switch
        label="Only what is undelivered"
        checked={isDead}
        onCheckedChange={(only) => void setDead(only)}
      />
      {list.isPending && <SkeletonLines count={4} />}
      {list.isError && (
        <Callout tone="failed" role="alert" title="The deliveries could not be read">
          {requestProblem(list.error).message}
        </Callout>
      )}
      {list.data !== undefined && (
        <Lines
          deliveries={list.data.pages.flatMap(({ items }) => items)}
          isDead={isDead}
          onAgain={manages ? (id) => void again.send(id) : null}
        />
      )}
      {list.hasNextPage && (
        <Button
          className="self-start"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show older
        </Button>
      )}
    </Section>
  );
}

function useSendAgain(channelId: number) {
  const trpc = useTRPC();
  const act = useAct(trpc.channels.pathKey());
  const { mutateAsync, isPending } = useMutation(trpc.channels.sendAgain.mutationOptions());
  return {
    isPending,
    send: (deliveryId: number | null) =>
      act(() => mutateAsync({ channelId, deliveryId }), "It is sent again, under the same name."),
  };
}

type LinesProps = { deliveries: DeliveryView[]; isDead: boolean; onAgain: ((id: number) => void) | null };

function Lines({ deliveries, isDead, onAgain }: LinesProps) {
  if (deliveries.length === 0) {
    return (
      <EmptyState icon={<Inbox />} title={isDead ? "Everything arrived" : "Nothing yet"}>
        {isDead
          ? "What is given up stands here."
          : "What the channel is told stands here, from the next event on."}
      </EmptyState>
    );
  }
  return (
    <ul className="divide-y">
      {deliveries.map((delivery) => (
        <Line key={delivery.id} delivery={delivery} onAgain={onAgain} />
      ))}
    </ul>
  );
}

function Line({ delivery, onAgain }: { delivery: DeliveryView } & Pick<LinesProps, "onAgain">) {
  const { id, state, title, page, happenedAt, attempts, reason } = delivery;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5">
      <Status {...deliveryLooks[state]} />
      <span className="min-w-0 grow basis-72 wrap-anywhere">
        {page === null ? (
          title
        ) : (
          <Link href={paths.deployment(page.serviceSlug, page.deploymentId)} className="link">
            {title}
          </Link>
        )}
        {reason !== null && <span className="block text-muted text-sm">{reason}</span>}
      </span>
      <span className="flex items-center gap-3 text-faint text-sm">
        {attempts > 1 && <span>{attempts} attempts</span>}
        <Time at={happenedAt} layout="relative" />
        {state === "dead" && onAgain !== null && (
          <Button onClick={() => onAgain(id)} aria-label={`Send “${title}” again`}>
            Send again
          </Button>
        )}
      </span>
    </li>
  );
}
