"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";

/** Reads members and open links anew. */
export function useRenewMembers(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: trpc.members.pathKey() });
}
