"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";

/** Asks for a deployment, and leads to its live log once it is there. */
export function useRequest() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.deployments.request.mutationOptions({
      onSuccess: ({ id, serviceSlug }) => router.push(paths.deployment(serviceSlug, id)),
      onError: () => queryClient.invalidateQueries(trpc.deployments.plan.pathFilter()),
    }),
  );
}
