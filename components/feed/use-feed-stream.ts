"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { paths } from "#components/paths.ts";
import type { PublicLive } from "#server/api/types.ts";
import type { PublicItem } from "#server/domain/public-item.ts";
import { afterItem } from "./live-releases.ts";

export interface FeedStream {
  items: readonly PublicItem[];
  live: readonly PublicLive[];
  connection: "connecting" | "live" | "lost";
}

/** All who read would otherwise ask for the page in the same moment. */
const readAnewWithinMs = 5_000;

/**
 * What the page was drawn with, kept up to date; `after` is the event that it was drawn at. Lines that do not fit
 * `isWanted` are left out. A null `after` listens to nothing.
 */
export function useFeedStream(
  drawn: Pick<FeedStream, "items" | "live">,
  after: string | null,
  isWanted: (item: PublicItem) => boolean,
): FeedStream {
  const router = useRouter();
  const [items, setItems] = useState(drawn.items);
  const [live, setLive] = useState(drawn.live);
  const [connection, setConnection] = useState<FeedStream["connection"]>("connecting");
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another page, which begins anew.
  useEffect(() => {
    // Drawn anew, it holds what was shown or hidden meanwhile, and is told again what happened since.
    setItems(drawn.items);
    setLive(drawn.live);
    if (after === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource(paths.feedLive({ after }));
    source.addEventListener("open", () => setConnection("live"));
    source.addEventListener("error", () => setConnection("lost"));
    source.addEventListener("item", ({ data }) => {
      const item: PublicItem = JSON.parse(data);
      setItems((known) => (isWanted(item) ? withItem(known, item) : without(known, item.id)));
      setLive((known) => afterItem(known, item));
    });
    source.addEventListener("gone", ({ data }) => setItems((known) => without(known, JSON.parse(data).id)));
    source.addEventListener("reset", () => {
      timer ??= setTimeout(() => router.refresh(), Math.random() * readAnewWithinMs);
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [after, drawn.items, drawn.live, router]);
  return { items, live, connection };
}

function withItem(known: readonly PublicItem[], item: PublicItem): PublicItem[] {
  return [...without(known, item.id), item].sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
}

function without(known: readonly PublicItem[], id: string): PublicItem[] {
  return known.filter((candidate) => candidate.id !== id);
}
