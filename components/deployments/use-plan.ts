"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import type { KeepingKind } from "#server/domain/deployment.ts";

export type Place = { serviceSlug: string; environmentSlug: string };

/** What would happen to what is live here, kept up to date while it is on the page. */
export function useKeepingPlan(place: Place, kind: KeepingKind) {
  const trpc = useTRPC();
  return useQuery(trpc.deployments.plan.queryOptions({ ...place, kind }));
}
