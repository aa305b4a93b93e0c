"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus, Users } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import type { MemberRow, TeamView } from "#server/api/types.ts";
import { TeamEntry } from "./team-entry.tsx";
import { TeamForm } from "./team-form.tsx";

export type TeamsPageProps = { initial: TeamView[]; members: MemberRow[]; manages: boolean };

/** Who owns what, and how to reach them. */
export function TeamsPage({ initial, members, manages }: TeamsPageProps) {
  const trpc = useTRPC();
  const [isMaking, setMaking] = useState(false);
  const { data: teams } = useQuery(trpc.teams.list.queryOptions(undefined, { initialData: initial }));
  return (
    <Section
      title="Teams"
      description="They say who owns a service and how to reach them, and never what somebody may do."
      actions={
        manages && (
          <Button variant="primary" icon={<Plus />} onClick={() => setMaking(true)}>
            Make a team
          </Button>
        )
      }
    >
      {teams.length === 0 ? (
        <EmptyState icon={<Users />} title="No team yet">
          Make one here, or name one in the settings of a service.
        </EmptyState>
      ) : (
        <ul aria-label="Teams" className="divide-y">
          {teams.map((team) => (
            <TeamEntry key={team.id} team={team} members={members} manages={manages} />
          ))}
        </ul>
      )}
      {isMaking && <TeamForm team={null} onClose={() => setMaking(false)} />}
    </Section>
  );
}
