import Link from "next/link";
import { paths } from "#components/paths.ts";
import { Contact } from "#components/services/contact.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import type { MemberRow, TeamView } from "#server/api/types.ts";
import { TeamActions } from "./team-actions.tsx";

export type TeamEntryProps = { team: TeamView; members: MemberRow[]; manages: boolean };

export function TeamEntry({ team, members, manages }: TeamEntryProps) {
  return (
    <li className="flex flex-col gap-1 py-4">
      <div className="flex items-center justify-between gap-4">
        <h3 className="font-medium wrap-anywhere">{team.name}</h3>
        {manages && <TeamActions team={team} members={members} />}
      </div>
      <DefinitionList
        layout="columns"
        items={[
          { term: "Who to talk to", value: <Contact contact={team.contact} /> },
          { term: "Members", value: team.members.map(({ name }) => name).join(", ") || none },
          { term: "Services", value: <Services services={team.services} /> },
        ]}
      />
    </li>
  );
}

const none = <span className="text-muted">none</span>;

function Services({ services }: Pick<TeamView, "services">) {
  if (services.length === 0) return none;
  return (
    <span className="flex flex-wrap gap-x-3">
      {services.map(({ slug, name }) => (
        <Link key={slug} href={paths.service(slug)} className="link">
          {name}
        </Link>
      ))}
    </span>
  );
}
