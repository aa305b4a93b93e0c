"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus, Server } from "lucide-react";
import { HoldsCallout } from "#components/holds/holds-callout.tsx";
import { PlaceHold } from "#components/holds/place-hold.tsx";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { Overview } from "#server/domain/read-models.ts";
import { Matrix } from "./matrix.tsx";
import { NeedsYou } from "./needs-you.tsx";
import { ServiceFilter, useServiceFilter } from "./service-filter.tsx";
import { TourCallout } from "./tour-callout.tsx";

const slowPollMs = 30_000;

/** What runs where, and does anything need me? */
export function OverviewPage({ initial }: { initial: Overview }) {
  const trpc = useTRPC();
  const { data: overview } = useQuery(
    trpc.overview.matrix.queryOptions(undefined, { initialData: initial, refetchInterval: slowPollMs }),
  );
  const filter = useServiceFilter(overview.services);
  const register = (
    <ButtonLink href={paths.newService()} icon={<Plus />} variant="primary">
      Register a service
    </ButtonLink>
  );
  const actions = (
    <>
      <PlaceHold />
      {register}
    </>
  );
  return (
    <div className="flex flex-col gap-6">
      <PageHeader title="Overview" actions={overview.services.length === 0 ? undefined : actions} />
      <HoldsCallout />
      {overview.services.length === 0 ? (
        <EmptyState icon={<Server />} title="No service yet" actions={register}>
          Give the address of a Git repository. The portal builds, tests and releases it from there.
        </EmptyState>
      ) : (
        <>
          <NeedsYou overview={overview} />
          <TourCallout services={overview.services} />
          <ServiceFilter {...filter} count={overview.services.length} />
          <Matrix
            environments={overview.environments}
            calmTeams={overview.calmTeams}
            groups={filter.groups}
            pins={filter.pins}
            onPin={filter.togglePin}
          />
        </>
      )}
    </div>
  );
}
