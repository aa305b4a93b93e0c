"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Status } from "#components/ui/status.tsx";
import type { IncidentPage as Page } from "#server/api/types.ts";
import { isOngoing } from "#server/domain/incident.ts";
import { IncidentActs } from "./incident-acts.tsx";
import { IncidentChart } from "./incident-chart.tsx";
import { IncidentFacts } from "./incident-facts.tsx";
import { IncidentTimeline } from "./incident-timeline.tsx";
import { incidentLook, placeOf, severityWord } from "./incident-words.ts";
import { PublicUpdate } from "./public-update.tsx";
import { RecoveryBanner } from "./recovery-banner.tsx";
import { WaysOut } from "./ways-out.tsx";
import { WriteUpForm } from "./write-up-form.tsx";

/** What do users feel, and what is the fastest way out? */
export function IncidentPage({ initial }: { initial: Page }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.incidents.page.queryOptions({ incidentId: initial.incident.id }, { initialData: initial }),
  );
  const { incident, ways } = data;
  const severity = severityWord(incident);
  return (
    <div className="flex max-w-4xl flex-col gap-8">
      <PageHeader
        title={incident.title}
        status={
          <>
            <Status look="soft" {...incidentLook(incident)} />
            {severity !== null && (
              <Badge tone={severity === "minor" ? "waiting" : "attention"}>{severity}</Badge>
            )}
          </>
        }
        description={
          <>
            <Link href={paths.service(incident.serviceSlug)} className="link">
              {placeOf(incident)}
            </Link>{" "}
            · incident {incident.id}
          </>
        }
        actions={<IncidentActs page={data} />}
      />
      {incident.state === "recovered" && <RecoveryBanner page={data} />}
      {ways !== null && <WaysOut incident={incident} ways={ways} deployments={data.deployments} />}
      <IncidentFacts page={data} />
      <IncidentChart page={data} />
      <IncidentTimeline page={data} />
      <PublicUpdate page={data} />
      {!isOngoing(incident.state) && <WriteUpForm page={data} />}
    </div>
  );
}
