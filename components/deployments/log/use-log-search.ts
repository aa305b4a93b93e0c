"use client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { useTRPCClient } from "#components/trpc.tsx";

export interface LogSearch {
  text: string;
  setText(text: string): void;
  /** What matches are marked for: lags a little behind the typing. */
  find: string;
  /** `3 of 17`, `no match`, or nothing. */
  summary: string;
  isSearching: boolean;
  problem: string | null;
  /** The line of the match one stands at. */
  line: number | null;
  go(direction: 1 | -1): Promise<void>;
}

interface Page {
  matches: number[];
  nextAfterLine: number | null;
}

/** As many are counted; more are looked for when one gets to them. */
const countedMatches = 1_000;

/**
 * Search over the whole log, at the portal. An answer looks through a part of a long log, so the next is asked for until
 * a thousand lines match or the end is reached.
 */
export function useLogSearch(deploymentId: number, onFound: (line: number) => void): LogSearch {
  const client = useTRPCClient();
  const [text, setText] = useState("");
  const [position, setPosition] = useState<number | null>(null);
  const find = useDeferredValue(text.trim());
  const query = useInfiniteQuery({
    queryKey: ["log search", deploymentId, find],
    queryFn: ({ pageParam, signal }) =>
      client.deployments.searchLog.query({ id: deploymentId, text: find, afterLine: pageParam }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.nextAfterLine,
    enabled: find !== "",
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  const lines = find === "" ? [] : linesOf(query.data?.pages);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const goesOn = find !== "" && hasNextPage && !isFetching && !query.isError && lines.length < countedMatches;
  useEffect(() => {
    if (goesOn) void fetchNextPage();
  }, [goesOn, fetchNextPage]);

  async function go(direction: 1 | -1): Promise<void> {
    let known = lines;
    const wanted = position === null ? 0 : position + direction;
    if (wanted >= known.length && hasNextPage) known = linesOf((await fetchNextPage()).data?.pages);
    if (known.length === 0) return;
    const next = (wanted + known.length) % known.length;
    const line = known[next];
    setPosition(next);
    if (line !== undefined) onFound(line);
  }

  const isSearching =
    find !== "" && (query.isPending || goesOn || (isFetching && lines.length < countedMatches));
  return {
    text,
    setText(changed) {
      setText(changed);
      setPosition(null);
    },
    find,
    summary: find === "" ? "" : summaryOf(position, lines.length, { hasMore: hasNextPage, isSearching }),
    isSearching,
    problem: query.error?.message ?? null,
    line: position === null ? null : (lines[position] ?? null),
    go,
  };
}

function linesOf(pages: Page[] | undefined): number[] {
  return (pages ?? []).flatMap((page) => page.matches);
}

function summaryOf(
  position: number | null,
  known: number,
  { hasMore, isSearching }: { hasMore: boolean; isSearching: boolean },
): string {
  if (known === 0) return isSearching ? "searching" : "no match";
  const count = known.toLocaleString("en");
  if (position !== null) return `${(position + 1).toLocaleString("en")} of ${count}${hasMore ? "+" : ""}`;
  if (isSearching) return `${count} so far`;
  if (hasMore) return `more than ${count}`;
  return known === 1 ? "1 line" : `${count} lines`;
}
