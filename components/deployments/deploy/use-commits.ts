"use client";
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTRPC, useTRPCClient } from "#components/trpc.tsx";

export type CommitScope = { serviceSlug: string; environmentSlug: string; branch?: string };

/**
 * The commits of a branch, newest first, a page at a time. Shows what the portal has read at once, and asks the
 * repository for newer ones when the page opens.
 */
export function useCommits(scope: CommitScope, isWanted: boolean) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const asked = useRef(false);
  const list = useInfiniteQuery({
    queryKey: [...trpc.deployments.commits.pathKey(), "pages", scope],
    queryFn: ({ pageParam }) => client.deployments.commits.query({ ...scope, before: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextBefore ?? undefined,
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
  const refresh = useMutation({
    mutationFn: () => client.deployments.commits.query({ ...scope, limit: 1, refresh: true }),
    onSuccess: () => {
      // A plan may ask whether its commit is on a branch, and that may have changed as well.
      void queryClient.invalidateQueries({ queryKey: trpc.deployments.plan.pathKey() });
      return queryClient.invalidateQueries({ queryKey: trpc.deployments.commits.pathKey() });
    },
  });
  const { mutate } = refresh;
  const { isFetched } = list;
  useEffect(() => {
    // After the first answer: asked for together, what is known would wait for the repository.
    if (!isFetched || asked.current) return;
    asked.current = true;
    mutate();
  }, [isFetched, mutate]);

  const pages = list.data?.pages ?? [];
  return {
    list,
    commits: pages.flatMap((page) => page.items),
    newestPage: pages[0],
    /** The repository has answered, or could not be asked: what is newest is as certain as it gets. */
    isSettled: refresh.isSuccess || refresh.isError,
    isRefreshing: refresh.isPending,
    problem: refresh.error?.message ?? refresh.data?.problem ?? pages[0]?.problem ?? null,
    refresh: () => mutate(),
  };
}
