"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import type { MemberRow, TeamView } from "#server/api/types.ts";
import { TeamForm } from "./team-form.tsx";
import { TeamsTable } from "./teams-table.tsx";

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
      <TeamsTable teams={teams} members={members} manages={manages} />
      {isMaking && <TeamForm team={null} onClose={() => setMaking(false)} />}
    </Section>
  );
}
