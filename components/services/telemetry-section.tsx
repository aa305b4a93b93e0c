"use client";
import { useQuery } from "@tanstack/react-query";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ServicePage, TelemetryView } from "#server/api/types.ts";
import { sourceWords, type TelemetryKind } from "#server/domain/signal-source.ts";
import { TelemetryKey } from "./telemetry-key.tsx";

const kindNames: Record<TelemetryKind, string> = {
  traces: "OpenTelemetry traces",
  metrics: "OpenTelemetry metrics",
  logs: "OpenTelemetry logs",
  sentry: "Sentry",
};

/** What was heard of the service in each environment, and how a process tells of itself that the portal does not start. */
export function TelemetrySection({ service, refusal }: { service: ServicePage; refusal: string | null }) {
  return (
    <Section
      title="Telemetry"
      description="What the service tells of its requests and errors. Each request is counted once, from one source: the router, else OpenTelemetry, else Sentry."
      className="gap-6"
    >
      {service.environments.map(({ environment }) => (
        <EnvironmentTelemetry
          key={environment.slug}
          slug={service.slug}
          environment={environment}
          refusal={refusal}
        />
      ))}
    </Section>
  );
}

type EnvironmentTelemetryProps = {
  slug: string;
  environment: { slug: string; name: string };
  refusal: string | null;
};

function EnvironmentTelemetry({ slug, environment, refusal }: EnvironmentTelemetryProps) {
  const trpc = useTRPC();
  const place = { slug, environmentSlug: environment.slug };
  const { data, error } = useQuery(trpc.telemetry.get.queryOptions(place));
  return (
    <div className="flex flex-col gap-3 pt-3">
      <h3 className="font-medium">{environment.name}</h3>
      {error !== null && <Callout tone="failed">{requestProblem(error).message}</Callout>}
      {data === undefined && error === null && <SkeletonLines count={3} />}
      {data !== undefined && (
        <>
          <Heard view={data} />
          <TelemetryKey place={place} view={data} refusal={refusal} />
        </>
      )}
    </div>
  );
}

function Heard({ view: { routerHeardAt, heard, countsNow } }: { view: TelemetryView }) {
  return (
    <>
      <DefinitionList
        items={[
          {
            term: "Router",
            value: routerHeardAt === null ? "No requests yet" : <Time at={routerHeardAt} />,
          },
          ...heard.map(({ kind, heardAt, refused }) => ({
            term: kindNames[kind],
            value: (
              <>
                <Time at={heardAt} />
                {refused > 0 && `, ${refused} refused of what was told last`}
              </>
            ),
          })),
          {
            term: "Counts now",
            value:
              countsNow === null
                ? "Nothing was counted in the last hour"
                : `Requests ${sourceWords[countsNow]}`,
          },
        ]}
      />
      {heard.length === 0 && (
        <p className="text-muted text-sm">
          Nothing heard yet. Instances that the portal starts have the variables of OpenTelemetry and Sentry:
          start an SDK of either in the service. For other processes copy the endpoint, and show the key.
        </p>
      )}
    </>
  );
}
