"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Section } from "#components/ui/section.tsx";
import type { InvitationRow, Outputs } from "#server/api/types.ts";
import { InvitationsTable } from "./invitations-table.tsx";
import { InviteMember } from "./invite-member.tsx";
import { FormerMembersTable, MembersTable } from "./members-table.tsx";

export type MembersPageProps = {
  initial: Outputs["members"]["list"];
  /** Null for whoever may not invite. */
  invitations: InvitationRow[] | null;
};

/** Who is here, and who was. */
export function MembersPage({ initial, invitations }: MembersPageProps) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.members.list.queryOptions(undefined, { initialData: initial }));
  const open = useQuery(
    trpc.members.invitations.queryOptions(undefined, {
      initialData: invitations ?? undefined,
      enabled: invitations !== null,
    }),
  );
  const here = data.members.filter(({ leftAt }) => leftAt === null);
  const former = data.members.filter(({ leftAt }) => leftAt !== null);
  // Whoever took their own role away sees details no more, on this very page.
  const manages = invitations !== null && data.members.some(({ details }) => details !== null);
  return (
    <div className="flex flex-col gap-10">
      <Section
        title="Members"
        description={descriptionOf(manages, data.groupsDecide)}
        actions={manages && <InviteMember />}
      >
        <MembersTable members={here} providers={data.providers} manages={manages} />
      </Section>
      {manages && (
        <Section title="Open links" description="Each works once, for 7 days.">
          <InvitationsTable rows={open.data} />
        </Section>
      )}
      {former.length > 0 && (
        <Section title="Former members" description="They cannot sign in. What they did keeps their name.">
          <FormerMembersTable members={former} manages={manages} />
        </Section>
      )}
    </div>
  );
}

function descriptionOf(manages: boolean, groupsDecide: boolean): string {
  if (!manages) return "An administrator invites people and changes their roles.";
  return groupsDecide
    ? "Groups of the identity provider give roles at each sign-in."
    : "Whoever is here can see everything.";
}
