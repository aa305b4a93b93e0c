"use client";
import { Users } from "lucide-react";
import Link from "next/link";
import { useMemo } from "react";
import { paths } from "#components/paths.ts";
import { Contact } from "#components/services/contact.tsx";
import { DataTable } from "#components/table/data-table.tsx";
import { type Columns, columnHelper } from "#components/table/features.ts";
import { NameCell } from "#components/table/name-cell.tsx";
import { rowMenuLook } from "#components/table/row-menu.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { MemberRow, TeamView } from "#server/api/types.ts";
import { TeamActions } from "./team-actions.tsx";

/** A team with everybody who could belong to it. */
type Row = TeamView & { everybody: MemberRow[] };

const none = <span className="text-muted">none</span>;

const column = columnHelper<Row>();
const columns: Columns<Row> = column.columns([
  column.accessor("name", {
    header: "Name",
    meta: { isTitle: true },
    cell: ({ getValue }) => <NameCell name={getValue()} />,
  }),
  column.display({
    id: "contact",
    header: "Who to talk to",
    cell: ({ row }) => <Contact contact={row.original.contact} />,
  }),
  column.display({
    id: "members",
    header: "Members",
    cell: ({ row }) => row.original.members.map(({ name }) => name).join(", ") || none,
  }),
  column.display({
    id: "services",
    header: "Services",
    cell: ({ row }) => <Services services={row.original.services} />,
  }),
]);
const columnsWithActions: Columns<Row> = column.columns([
  ...columns,
  column.display({
    id: "actions",
    header: "Actions",
    meta: rowMenuLook,
    cell: ({ row: { original } }) => <TeamActions team={original} members={original.everybody} />,
  }),
]);

export type TeamsTableProps = { teams: TeamView[]; members: MemberRow[]; manages: boolean };

export function TeamsTable({ teams, members, manages }: TeamsTableProps) {
  const rows = useMemo(() => teams.map((team) => ({ ...team, everybody: members })), [teams, members]);
  return (
    <DataTable
      label="Teams"
      columns={manages ? columnsWithActions : columns}
      rows={rows}
      rowId={(row) => String(row.id)}
      empty={
        <EmptyState icon={<Users />} title="No team yet">
          {manages
            ? "Make one here, or name one in the settings of a service."
            : "An engineer makes one here, or names one in the settings of a service."}
        </EmptyState>
      }
    />
  );
}

function Services({ services }: Pick<TeamView, "services">) {
  if (services.length === 0) return none;
  return (
    <span className="inline-flex flex-wrap gap-x-3 max-sm:justify-end">
      {services.map(({ slug, name }) => (
        <Link key={slug} href={paths.service(slug)} className="link">
          {name}
        </Link>
      ))}
    </span>
  );
}
