"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type {
  ConfigurationView,
  ConfigurationHistory as HistoryPage,
} from "#server/domain/configuration-views.ts";
import { differencesText } from "./configuration-words.ts";
import type { Draft } from "./use-draft.ts";

export type ConfigurationHistoryProps = { view: ConfigurationView; draft: Draft };

/** Who made which version, when, and what changed in it; each can be used again. */
export function ConfigurationHistory({ view, draft }: ConfigurationHistoryProps) {
  const trpc = useTRPC();
  const { serviceSlug: slug, environment } = view;
  const history = useInfiniteQuery(
    trpc.configurations.history.infiniteQueryOptions(
      { slug, environmentSlug: environment.slug },
      { getNextPageParam: (page) => page.nextBefore ?? undefined },
    ),
  );
  const versions = history.data?.pages.flatMap((page) => page.items);
  if (view.newest === null) return null;
  return (
    <Section title={`Versions in ${environment.name}`}>
      {versions === undefined && !history.isError && <SkeletonLines count={3} />}
      {history.isError && (
        <Callout tone="failed" title="The versions could not be read">
          {requestProblem(history.error).message}
        </Callout>
      )}
      <ol aria-label="Versions" className="divide-y">
        {versions?.map((version) => (
          <VersionRow key={version.id} version={version} view={view} draft={draft} />
        ))}
      </ol>
      {history.hasNextPage && (
        <div className="pt-3">
          <Button loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            Load older versions
          </Button>
        </div>
      )}
    </Section>
  );
}

type VersionRowProps = ConfigurationHistoryProps & { version: HistoryPage["items"][number] };

function VersionRow({ version, view, draft }: VersionRowProps) {
  const isNewest = version.id === view.newest?.id;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2.5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium">Version {version.version}</span>
          {version.id === view.running?.id && <Badge tone="live">runs now</Badge>}
          {isNewest && version.id !== view.running?.id && <Badge>newest</Badge>}
          <span className="text-muted text-sm">
            by {version.madeByName}, <Time at={version.madeAt} />
          </span>
        </p>
        <p className="text-muted text-sm wrap-anywhere">{differencesText(version.differences)}</p>
      </div>
      {!isNewest && (
        <Button size="small" icon={<History />} onClick={() => draft.take(version)}>
          Use version {version.version} again
        </Button>
      )}
    </li>
  );
}
