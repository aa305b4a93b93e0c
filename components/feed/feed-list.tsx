"use client";
import { Rss } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";
import { useNow } from "#components/ui/clock.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { PublicLive } from "#server/api/types.ts";
import type { FeedQuery } from "#server/domain/feed-query.ts";
import type { PublicItem } from "#server/domain/public-item.ts";
import { groupByDay } from "./feed-days.ts";
import { FeedLine } from "./feed-line.tsx";
import { LiveNow } from "./live-now.tsx";
import { useFeedStream } from "./use-feed-stream.ts";

export type FeedListProps = {
  drawn: readonly PublicItem[];
  /** Null on a page of the past, and of a search. */
  live: readonly PublicLive[] | null;
  query: FeedQuery;
  /** The event that the page was drawn at; null for a page of the past, which does not change. */
  after: string | null;
  /** What stands between what is live and the days. */
  children: ReactNode;
};

const none: readonly PublicLive[] = [];

/** What is live and under way on top, then the days. */
export function FeedList({ drawn, live, query, after, children }: FeedListProps) {
  const stream = useFeedStream({ items: drawn, live: live ?? none }, after, (item) => isWanted(item, query));
  const { items } = stream;
  // The server speaks UTC; the reader's own days come with the page's script.
  const zone = useNow(null) === null ? "UTC" : undefined;
  const running = items.filter(({ state }) => state === "started");
  const days = groupByDay(items, ({ startedAt }) => startedAt, zone);
  return (
    <div className="flex flex-col gap-6">
      {live !== null && <LiveNow live={stream.live} running={running} connection={stream.connection} />}
      {children}
      {days.length === 0 && <Nothing query={query} />}
      {days.map(({ day, lines }) => (
        <section key={day} aria-label={day}>
          <h2 suppressHydrationWarning className="border-b pb-1.5 font-medium text-muted text-sm">
            {day}
          </h2>
          <div className="divide-y">
            {lines.map((item) => (
              <FeedLine key={item.id} item={item} />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function isWanted(item: PublicItem, { service, environment, kind }: FeedQuery): boolean {
  return (
    (service === undefined || item.service?.slug === service) &&
    (environment === undefined || item.environment === null || item.environment.slug === environment) &&
    (kind === undefined || item.kind === kind)
  );
}

function Nothing({ query }: { query: FeedQuery }) {
  const isNarrowed = Object.values(query).some((value) => value !== undefined);
  return (
    <EmptyState icon={<Rss />} title={isNarrowed ? "Nothing matches" : "Nothing has been released yet"}>
      {isNarrowed ? (
        <>
          Look at{" "}
          <Link href={paths.feed()} className="link">
            everything
          </Link>
          .
        </>
      ) : (
        "What is new will stand here, in plain language."
      )}
    </EmptyState>
  );
}
