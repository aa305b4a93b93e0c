"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Siren } from "lucide-react";
import { useState } from "react";
import { readsOnly } from "#components/identity/role-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Outputs } from "#server/api/types.ts";
import { IncidentLine } from "./incident-line.tsx";
import { ReportDialog } from "./report-dialog.tsx";

export type IncidentsPageProps = {
  ongoing: Outputs["incidents"]["ongoing"];
  past: Outputs["incidents"]["past"];
};

/** What do users feel, now and lately? */
export function IncidentsPage({ ongoing: initialOngoing, past: initialPast }: IncidentsPageProps) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const [isReporting, setReporting] = useState(false);
  const { data: ongoing } = useQuery(
    trpc.incidents.ongoing.queryOptions(undefined, { initialData: initialOngoing }),
  );
  const past = useInfiniteQuery({
    ...trpc.incidents.past.infiniteQueryOptions({}, { getNextPageParam: (page) => page.nextBefore }),
    initialData: { pages: [initialPast], pageParams: [null] },
  });
  const items = past.data.pages.flatMap((page) => page.items);
  return (
    <div className="flex max-w-4xl flex-col gap-8">
      <PageHeader
        title="Incidents"
        description="What users feel, whatever it came from. Failing is allowed; recovering fast is what counts."
        actions={
          <Button
            icon={<Siren />}
            refusal={session.data?.may.deploy === false ? readsOnly : null}
            onClick={() => setReporting(true)}
          >
            Users are affected
          </Button>
        }
      />
      <Section title="Now">
        {ongoing.length === 0 ? (
          <p className="py-4 text-muted">All is well: nothing is known that users feel.</p>
        ) : (
          <ul className="divide-y">
            {ongoing.map((incident) => (
              <IncidentLine key={incident.id} incident={incident} />
            ))}
          </ul>
        )}
      </Section>
      <Section title="Before">
        {items.length === 0 ? (
          <EmptyState icon={<Siren />} title="There was none yet">
            One opens by itself when a release makes something worse or its instances are not well, and by
            hand with “Users are affected”.
          </EmptyState>
        ) : (
          <ul className="divide-y">
            {items.map((incident) => (
              <IncidentLine key={incident.id} incident={incident} />
            ))}
          </ul>
        )}
        {past.hasNextPage && (
          <Button
            className="mt-4 self-start"
            loading={past.isFetchingNextPage}
            onClick={() => void past.fetchNextPage()}
          >
            Show earlier ones
          </Button>
        )}
      </Section>
      {isReporting && <ReportDialog onClose={() => setReporting(false)} />}
    </div>
  );
}
