"use client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
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

/** Search over the whole log, at the portal; matches come in pages of 200 as one goes on. */
export function useLogSearch(deploymentId: number, onFound: (line: number) => void): LogSearch {
  const client = useTRPCClient();
  const [text, setText] = useState("");
  const [position, setPosition] = useState<number | null>(null);
  const find = useDeferredValue(text.trim());
  const query = useInfiniteQuery({
    queryKey: ["log search", deploymentId, find],
    queryFn: ({ pageParam }) =>
      client.deployments.searchLog.query({ id: deploymentId, text: find, afterLine: pageParam }),
    initialPageParam: 0,
    getNextPageParam: (page) => page.nextAfterLine,
    enabled: find !== "",
    placeholderData: keepPreviousData,
  });
  const lines = find === "" ? [] : linesOf(query.data?.pages);

  async function go(direction: 1 | -1): Promise<void> {
    let known = lines;
    const wanted = position === null ? 0 : position + direction;
    if (wanted >= known.length && query.hasNextPage)
      known = linesOf((await query.fetchNextPage()).data?.pages);
    if (known.length === 0) return;
    const next = (wanted + known.length) % known.length;
    const line = known[next];
    setPosition(next);
    if (line !== undefined) onFound(line);
  }

  return {
    text,
    setText(changed) {
      setText(changed);
      setPosition(null);
    },
    find,
    summary: find === "" ? "" : summaryOf(position, lines.length, query.hasNextPage, query.isPending),
    isSearching: query.isFetching,
    problem: query.error?.message ?? null,
    line: position === null ? null : (lines[position] ?? null),
    go,
  };
}

function linesOf(pages: { matches: { number: number }[] }[] | undefined): number[] {
  return (pages ?? []).flatMap((page) => page.matches.map((match) => match.number));
}

function summaryOf(position: number | null, known: number, hasMore: boolean, isPending: boolean): string {
  if (isPending) return "searching";
  if (known === 0) return "no match";
  const total = `${known.toLocaleString("en")}${hasMore ? "+" : ""}`;
  if (position === null) return known === 1 ? "1 match" : `${total} matches`;
  return `${(position + 1).toLocaleString("en")} of ${total}`;
}
