"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";

/** Reads anew whatever shows teams: the two lists, and the services that they own. */
export function useRenewTeams(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async () => {
    const keys = [trpc.teams.pathKey(), trpc.members.pathKey(), trpc.services.pathKey()];
    await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };
}
