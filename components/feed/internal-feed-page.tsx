"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Globe, Rss, Search } from "lucide-react";
import Link from "next/link";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { useNow } from "#components/ui/clock.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { Inputs } from "#server/api/types.ts";
import { feedKindNames, feedKinds } from "#server/domain/feed.ts";
import { groupByDay } from "./feed-days.ts";
import { InternalLine } from "./internal-line.tsx";

const parameters = {
  service: parseAsString,
  environment: parseAsString,
  kind: parseAsStringLiteral(feedKinds),
  text: parseAsString,
};
const unfiltered = "any";

/** Everything that happened, on every environment, for whoever is signed in. */
export function InternalFeedPage() {
  const trpc = useTRPC();
  const [filter, setFilter] = useQueryStates(parameters, { throttleMs: 150 });
  const services = useQuery(trpc.services.list.queryOptions()).data ?? [];
  const environments = useQuery(trpc.services.environments.queryOptions()).data ?? [];
  const choose = (name: keyof typeof parameters) => (value: string) =>
    void setFilter({ [name]: value === unfiltered ? null : value });
  return (
    <div className="flex max-w-4xl flex-col gap-6">
      <PageHeader
        title="Feed"
        description="What happened, everywhere. The public feed shows what is marked public of it."
        actions={
          <ButtonLink href={paths.feed()} icon={<Globe />}>
            Public feed
          </ButtonLink>
        }
      />
      <search className="grid grid-cols-2 gap-2 sm:grid-cols-4">
        <Input
          type="search"
          data-shortcut="search"
          aria-label="Search the notes"
          placeholder="Search the notes"
          icon={<Search />}
          value={filter.text ?? ""}
          onChange={({ target }) => void setFilter({ text: target.value === "" ? null : target.value })}
        />
        <Select
          aria-label="Service"
          options={[
            { value: unfiltered, label: "Every service" },
            ...services.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
          value={filter.service ?? unfiltered}
          onValueChange={choose("service")}
        />
        <Select
          aria-label="Environment"
          options={[
            { value: unfiltered, label: "Every environment" },
            ...environments.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
          value={filter.environment ?? unfiltered}
          onValueChange={choose("environment")}
        />
        <Select
          aria-label="Kind"
          options={[
            { value: unfiltered, label: "Every kind" },
            ...feedKinds.map((kind) => ({ value: kind as string, label: feedKindNames[kind] })),
          ]}
          value={filter.kind ?? unfiltered}
          onValueChange={choose("kind")}
        />
      </search>
      <Lines
        filter={{
          serviceSlug: filter.service ?? undefined,
          environmentSlug: filter.environment ?? undefined,
          kind: filter.kind ?? undefined,
          text: filter.text?.trim() || undefined,
        }}
      />
    </div>
  );
}

type Filter = Inputs["feed"]["internal"];

function Lines({ filter }: { filter: Filter }) {
  const trpc = useTRPC();
  const list = useInfiniteQuery(
    trpc.feed.internal.infiniteQueryOptions(filter, {
      getNextPageParam: ({ nextBefore }) => nextBefore ?? undefined,
    }),
  );
  const zone = useNow(null) === null ? "UTC" : undefined;
  if (list.isPending) return <SkeletonLines count={6} />;
  if (list.isError) {
    return (
      <Callout tone="failed" role="alert" title="The feed could not be read">
        {requestProblem(list.error).message}
      </Callout>
    );
  }
  const items = list.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <EmptyState icon={<Rss />} title="Nothing here">
        What is deployed stands here as it happens.{" "}
        <Link href={paths.overview()} className="link">
          Overview
        </Link>
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-6">
      {groupByDay(items, ({ happenedAt }) => happenedAt, zone).map(({ day, lines }) => (
        <section key={day} aria-label={day}>
          <h2 suppressHydrationWarning className="border-b pb-1.5 font-medium text-muted text-sm">
            {day}
          </h2>
          <ul className="divide-y">
            {lines.map((item) => (
              <InternalLine key={item.publicId} item={item} />
            ))}
          </ul>
        </section>
      ))}
      {list.hasNextPage && (
        <Button
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          className="self-start"
        >
          Show older
        </Button>
      )}
    </div>
  );
}
