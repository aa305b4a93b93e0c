"use client";
import { useQuery } from "@tanstack/react-query";
import { ConfigurationTab } from "#components/configuration/configuration-tab.tsx";
import { DeploymentsTable } from "#components/deployments/deployments-table.tsx";
import { HoldsCallout } from "#components/holds/holds-callout.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Outputs } from "#server/api/types.ts";
import { EnvironmentSection } from "./environment-section.tsx";
import { PipelineStrip } from "./pipeline-strip.tsx";
import { ReleasesTable } from "./releases-table.tsx";
import { ServiceHeader } from "./service-header.tsx";
import { ServiceSettingsTab } from "./service-settings-tab.tsx";

const slowPollMs = 15_000;

/** Where is my change, and what can I do? */
export function ServicePageView({ initial }: { initial: Outputs["services"]["get"] }) {
  const trpc = useTRPC();
  const { data: service } = useQuery(
    trpc.services.get.queryOptions(
      { slug: initial.slug },
      { initialData: initial, refetchInterval: slowPollMs },
    ),
  );
  const environments = (
    <div className="flex flex-col gap-8">
      {service.environments.map((view) => (
        <EnvironmentSection key={view.serviceEnvironmentId} view={view} slug={service.slug} />
      ))}
    </div>
  );
  const deployments = <DeploymentsTable filter={{ serviceSlug: service.slug }} hideService />;
  return (
    <div className="flex flex-col gap-6">
      <ServiceHeader service={service} />
      {service.isBeingRemoved && (
        <Callout tone="attention" title="This service is being removed" role="status">
          {service.removalProgress ?? "Its instances end first, then its records go."}
        </Callout>
      )}
      <HoldsCallout
        service={{
          slug: service.slug,
          environmentSlugs: service.environments.map(({ environment }) => environment.slug),
        }}
      />
      <PipelineStrip service={service} />
      <Tabs
        label={`About ${service.name}`}
        tabs={[
          { value: "environments", label: "Environments", content: environments },
          { value: "deployments", label: "Deployments", content: deployments },
          { value: "releases", label: "Releases", content: <ReleasesTable service={service} /> },
          {
            value: "configuration",
            label: "Configuration",
            content: <ConfigurationTab service={service} />,
          },
          { value: "settings", label: "Settings", content: <ServiceSettingsTab service={service} /> },
        ]}
      />
    </div>
  );
}
